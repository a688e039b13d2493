import fc, { type Arbitrary } from 'fast-check';
import { ScenarioProblem, shown } from './problem.ts';
import type { Shape } from './shape.ts';

/** Any text. It stays as it is. */
export function text(): Shape<string> {
  return {
    read(found, path) {
      if (typeof found === 'string') return found;
      throw new ScenarioProblem(path, `is ${shown(found)}; it should be text in quotes.`);
    },
    simplify: (value) => value,
    arbitrary: (): Arbitrary<string> => fc.string({ maxLength: 20 }),
  };
}
