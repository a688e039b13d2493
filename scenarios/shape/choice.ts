import fc, { type Arbitrary } from 'fast-check';
import { listed, ScenarioProblem, shown } from './problem.ts';
import type { Attempt, Shape } from './shape.ts';

/** One of these words. As the keys of an object, so that none is forgotten. */
export function word<T extends string>(words: Readonly<Record<T, true>>, calm?: T): Shape<T> {
  return choice(Object.keys(words) as T[], calm);
}

/** One of these values. */
export function choice<T extends string | number | boolean>(values: readonly T[], calm?: T): Shape<T> {
  return new ChoiceShape(values, calm);
}

class ChoiceShape<T extends string | number | boolean> implements Shape<T> {
  readonly calm?: T;
  private readonly values: readonly T[];

  constructor(values: readonly T[], calm: T | undefined) {
    this.values = calm === undefined ? values : [calm, ...values.filter((value) => value !== calm)];
    if (calm !== undefined) this.calm = calm;
  }

  read(found: unknown, path: string): T {
    const value = this.values.find((one) => one === found);
    if (value !== undefined) return value;
    const known = listed(this.values.map(shown));
    throw new ScenarioProblem(
      path,
      `is ${shown(found)}; ${this.values.length === 1 ? 'only' : 'one of'} ${known} is known here.`,
    );
  }

  simplify(value: T, attempt: Attempt<T>): T {
    const { calm } = this;
    return calm !== undefined && value !== calm && attempt(calm) ? calm : value;
  }

  arbitrary(): Arbitrary<T> {
    return fc.constantFrom(...this.values);
  }
}
