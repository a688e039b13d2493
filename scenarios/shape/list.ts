import fc, { type Arbitrary } from 'fast-check';
import { ScenarioProblem, shown } from './problem.ts';
import { removeParts } from './remove_parts.ts';
import type { Attempt, Shape } from './shape.ts';

export interface ListFacts<T> {
  readonly atLeast: number;
  readonly atMost: number;
  /** How many are drawn at most, where that is fewer. */
  readonly drawn?: number;
  readonly calm?: readonly T[];
}

/** Some of these, in order. */
export function list<T>(element: Shape<T>, facts: ListFacts<T>): Shape<readonly T[]> {
  return new ListShape(element, facts);
}

/** Exactly so many of these. */
export function each<T>(count: number, element: Shape<T>): Shape<readonly T[]> {
  const { calm } = element;
  const all = calm === undefined ? undefined : Array.from({ length: count }, () => calm);
  return list(element, { atLeast: count, atMost: count, ...(all === undefined ? {} : { calm: all }) });
}

class ListShape<T> implements Shape<readonly T[]> {
  readonly calm?: readonly T[];
  private readonly element: Shape<T>;
  private readonly facts: ListFacts<T>;

  constructor(element: Shape<T>, facts: ListFacts<T>) {
    this.element = element;
    this.facts = facts;
    if (facts.calm !== undefined) this.calm = facts.calm;
  }

  read(found: unknown, path: string): readonly T[] {
    const { atLeast, atMost } = this.facts;
    if (!Array.isArray(found)) throw new ScenarioProblem(path, `is ${shown(found)}; it should be a list.`);
    if (found.length < atLeast || found.length > atMost) {
      const wanted = atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
      throw new ScenarioProblem(path, `has ${found.length} elements; it should have ${wanted}.`);
    }
    return found.map((element, index) => this.element.read(element, `${path}[${index}]`));
  }

  simplify(value: readonly T[], attempt: Attempt<readonly T[]>): readonly T[] {
    const { calm } = this;
    const isLonger =
      calm !== undefined && value.length >= calm.length && JSON.stringify(value) !== JSON.stringify(calm);
    if (isLonger && attempt(calm)) return calm;
    let current = removeParts(value, attempt, this.facts.atLeast);
    for (let index = 0; index < current.length; index++) {
      const simpler = this.element.simplify(current[index] as T, (candidate) =>
        attempt(withElement(current, index, candidate)),
      );
      current = withElement(current, index, simpler);
    }
    return current;
  }

  arbitrary(): Arbitrary<readonly T[]> {
    const { atLeast, atMost, drawn = atMost } = this.facts;
    return fc.array(this.element.arbitrary(), { minLength: atLeast, maxLength: Math.min(drawn, atMost), size: 'max' });
  }
}

function withElement<T>(items: readonly T[], index: number, element: T): readonly T[] {
  return items.map((item, at) => (at === index ? element : item));
}
