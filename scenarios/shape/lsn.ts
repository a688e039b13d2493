import fc, { type Arbitrary } from 'fast-check';
import { LSN_MAX } from '../../engine/vocabulary/index.ts';
import { ScenarioProblem, shown } from './problem.ts';
import type { Attempt, Shape } from './shape.ts';

/** An LSN in decimal, as text: JSON's numbers end at 2^53. These are drawn. */
export function lsn(...often: readonly string[]): Shape<string> {
  return new LsnShape(often);
}

class LsnShape implements Shape<string> {
  readonly calm = '0';
  private readonly often: readonly string[];

  constructor(often: readonly string[]) {
    this.often = often;
  }

  read(found: unknown, path: string): string {
    if (typeof found === 'string' && /^(0|[1-9]\d{0,19})$/.test(found) && BigInt(found) <= LSN_MAX) return found;
    throw new ScenarioProblem(path, `is ${shown(found)}; it should be an LSN in quotes, from "0" to "${LSN_MAX}".`);
  }

  simplify(value: string, attempt: Attempt<string>): string {
    return value !== this.calm && attempt(this.calm) ? this.calm : value;
  }

  arbitrary(): Arbitrary<string> {
    return fc.constantFrom(this.calm, ...this.often);
  }
}
