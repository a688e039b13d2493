import fc, { type Arbitrary } from 'fast-check';
import { listed, ScenarioProblem, shown } from './problem.ts';
import type { Attempt, Shape } from './shape.ts';

/** The shape of a field that may be absent. Absent is the calmest it can be. */
export interface OptionalShape<T> {
  readonly optional: Shape<T>;
  /** Whether such fields are drawn only for so large a share. */
  readonly drawn: boolean;
}

/** A shape for each field; for one that may be absent, and for no other, an `OptionalShape`. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: Pick<T, never> extends Pick<T, K> ? OptionalShape<NonNullable<T[K]>> : Shape<T[K]>;
};

/** `drawn: false`: arbitraries leave it out. */
export function optional<T>(shape: Shape<T>, { drawn = true } = {}): OptionalShape<T> {
  return { optional: shape, drawn };
}

/** An object with these fields, and no others. It is calm when all of them are. */
export function record<T extends object>(fields: FieldsOf<T>): Shape<T> {
  return new RecordShape<T>(fields);
}

type Field = Shape<unknown> | OptionalShape<unknown>;
type Fields = Readonly<Record<string, unknown>>;

class RecordShape<T extends object> implements Shape<T> {
  readonly calm?: T;
  private readonly fields: readonly (readonly [key: string, field: Field])[];

  constructor(fields: FieldsOf<T>) {
    this.fields = Object.entries(fields) as [string, Field][];
    const calm: [string, unknown][] = [];
    for (const [key, field] of this.fields) {
      if ('optional' in field) continue;
      if (field.calm === undefined) return;
      calm.push([key, field.calm]);
    }
    this.calm = Object.fromEntries(calm) as T;
  }

  read(found: unknown, path: string): T {
    if (typeof found !== 'object' || found === null || Array.isArray(found))
      throw new ScenarioProblem(path, `is ${shown(found)}; it should be an object.`);
    const values = found as Fields;
    const known = this.fields.map(([key]) => key);
    const unknown = Object.keys(values).find((key) => !known.includes(key));
    if (unknown !== undefined) {
      const advice = `There are ${listed(known)}. Correct its name, or use the safekeeper that wrote this file.`;
      throw new ScenarioProblem(joined(path, unknown), `is not known to this safekeeper. ${advice}`);
    }
    const result: [string, unknown][] = [];
    for (const [key, field] of this.fields) {
      const value = Object.hasOwn(values, key) ? values[key] : undefined;
      const place = joined(path, key);
      if ('optional' in field) {
        if (value !== undefined) result.push([key, field.optional.read(value, place)]);
      } else if (value !== undefined) result.push([key, field.read(value, place)]);
      else if (field.calm !== undefined) result.push([key, field.calm]);
      else throw new ScenarioProblem(place, 'is missing. Add it.');
    }
    return Object.fromEntries(result) as T;
  }

  simplify(value: T, attempt: Attempt<T>): T {
    if (this.calm !== undefined && !this.isCalm(value) && attempt(this.calm)) return this.calm;
    let current = value as Fields;
    for (const [key, field] of this.fields) {
      if (current[key] === undefined) continue;
      const { [key]: removed, ...others } = current;
      if ('optional' in field && attempt(others as T)) {
        current = others;
        continue;
      }
      const shape = 'optional' in field ? field.optional : field;
      const simpler = shape.simplify(removed, (candidate) => attempt({ ...current, [key]: candidate } as T));
      current = { ...current, [key]: simpler };
    }
    return current as T;
  }

  arbitrary(): Arbitrary<T> {
    const drawn = this.fields.filter(([, field]) => !('optional' in field) || field.drawn);
    const arbitraries = drawn.map(([key, field]) => [
      key,
      'optional' in field ? fc.option(field.optional.arbitrary(), { nil: undefined, freq: 1 }) : field.arbitrary(),
    ]);
    const fields = fc.record(Object.fromEntries(arbitraries) as Record<string, Arbitrary<unknown>>);
    const whole = fields.map(
      (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T,
    );
    return this.calm === undefined ? whole : fc.oneof({ withCrossShrink: true }, fc.constant(this.calm), whole);
  }

  private isCalm(value: T): boolean {
    const ordered = this.fields.map(([key]) => [key, (value as Fields)[key]]);
    return JSON.stringify(Object.fromEntries(ordered)) === JSON.stringify(this.calm);
  }
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
