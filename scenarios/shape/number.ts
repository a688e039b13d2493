import fc, { type Arbitrary } from 'fast-check';
import { ScenarioProblem, shown } from './problem.ts';
import type { Attempt, Shape } from './shape.ts';

export interface NumberFacts {
  /** What a file may hold. */
  readonly low: number;
  readonly high: number;
  /** Fractions are allowed. Otherwise it is a whole number. */
  readonly fractions?: true;
  readonly calm?: number;
  /** Values that are drawn: the interesting ones … */
  readonly often?: readonly number[];
  /** … and whole numbers from this range, for all that it matters how often. */
  readonly usual?: readonly [low: number, high: number];
}

export function number(facts: NumberFacts): Shape<number> {
  return new NumberShape(facts);
}

/** A probability, or a share. */
export function share(...often: number[]): Shape<number> {
  return number({ low: 0, high: 1, fractions: true, calm: 0, often });
}

/** The digits that matter to a reader. */
const DIGITS = [1, 2];
const HALVINGS_MAX = 10;

class NumberShape implements Shape<number> {
  readonly calm?: number;
  private readonly facts: NumberFacts;

  constructor(facts: NumberFacts) {
    this.facts = facts;
    if (facts.calm !== undefined) this.calm = facts.calm;
  }

  read(found: unknown, path: string): number {
    const { low, high, fractions } = this.facts;
    const what = fractions === true ? 'a number' : 'a whole number';
    if (typeof found !== 'number' || !(fractions === true ? Number.isFinite(found) : Number.isSafeInteger(found)))
      throw new ScenarioProblem(path, `is ${shown(found)}; it should be ${what} from ${low} to ${high}.`);
    if (found < low || found > high)
      throw new ScenarioProblem(path, `is ${found}; it should be from ${low} to ${high}.`);
    return found;
  }

  simplify(value: number, attempt: Attempt<number>): number {
    const { calm } = this;
    if (value === calm) return value;
    if (calm !== undefined && attempt(calm)) return calm;
    let best = value;
    for (let halvings = 0; halvings < HALVINGS_MAX; halvings++) {
      const next = this.halfway(best);
      if (next === best || !attempt(next)) break;
      best = next;
    }
    for (const digits of DIGITS) {
      const rounded = Number(best.toPrecision(digits));
      if (rounded === best) break;
      if (this.allows(rounded) && attempt(rounded)) return rounded;
    }
    return best;
  }

  arbitrary(): Arbitrary<number> {
    const { calm, often = [], usual } = this.facts;
    const chosen = [...(calm === undefined ? [] : [calm]), ...often];
    const arbitraries = [
      ...(chosen.length === 0 ? [] : [fc.constantFrom(...chosen)]),
      ...(usual === undefined ? [] : [fc.integer({ min: usual[0], max: usual[1] })]),
    ];
    return arbitraries.length === 1 && arbitraries[0] !== undefined
      ? arbitraries[0]
      : fc.oneof({ withCrossShrink: true }, ...arbitraries);
  }

  /** Towards what is calm, else towards the least. */
  private halfway(from: number): number {
    const { calm = this.facts.low } = this;
    const half = (from - calm) / 2;
    const next = calm + (this.facts.high <= 1 ? Math.trunc(half * 100) / 100 : Math.trunc(half));
    return this.allows(next) ? next : from;
  }

  private allows(value: number): boolean {
    const { low, high, fractions } = this.facts;
    return value >= low && value <= high && (fractions === true || Number.isInteger(value));
  }
}
