import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { number } from './number.ts';
import { optional, record } from './record.ts';
import { removeParts } from './remove_parts.ts';
import { union } from './union.ts';

describe('removeParts', () => {
  it('leaves exactly what is needed', () => {
    const cases = fc
      .uniqueArray(fc.nat({ max: 60 }))
      .chain((items) => fc.tuple(fc.constant(items), fc.subarray(items)));
    fc.assert(
      fc.property(cases, ([items, needed]) => {
        const kept = removeParts(items, (fewer) => needed.every((item) => fewer.includes(item)));
        expect(kept).toEqual(needed);
      }),
    );
  });

  it('leaves nothing that could go by itself, whatever it is asked', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 30 })), fc.func(fc.boolean()), (items, says) => {
        const fails = (fewer: readonly number[]): boolean => says(...fewer);
        const kept = removeParts(items, fails);
        if (kept !== items) expect(fails(kept)).toBe(true);
        for (const one of kept.length > 1 ? kept : []) expect(fails(kept.filter((item) => item !== one))).toBe(false);
      }),
    );
  });

  it('leaves no fewer than it may', () => {
    expect(removeParts([1, 2, 3, 4, 5], () => true, 2)).toHaveLength(2);
  });
});

describe('number', () => {
  it('becomes calm, else as small and round as it may', () => {
    const shape = number({ low: 0, high: 100_000, calm: 0 });
    const simplify = (value: number, least: number): number => shape.simplify(value, (candidate) => candidate >= least);
    expect(simplify(54_321, 0)).toBe(0);
    expect(simplify(54_321, 1_234)).toBe(2_000);
    expect(simplify(54_321, 54_300)).toBe(54_321);
    expect(simplify(54_321, 53_000)).toBe(54_000);
  });

  it('offers only what it allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 7, max: 99 }), (value) => {
        number({ low: 7, high: 99 }).simplify(value, (candidate) => {
          expect(candidate).toBeGreaterThanOrEqual(7);
          expect(candidate).toBeLessThanOrEqual(99);
          expect(Number.isInteger(candidate)).toBe(true);
          return true;
        });
      }),
    );
  });
});

describe('a shape', () => {
  const any = number({ low: 0, high: 1, usual: [0, 1] });

  it('does not compile until every field is said', () => {
    // @ts-expect-error `there` is missing
    record<{ readonly here: number; readonly there: number }>({ here: any });
    // @ts-expect-error `there` may be absent, so its shape must say so
    record<{ readonly there?: number }>({ there: any });
    // @ts-expect-error `here` must not be absent
    record<{ readonly here: number }>({ here: optional(any) });
    expect(record<{ readonly there?: number }>({ there: optional(any) }).read({}, '')).toEqual({});
  });

  it('does not compile until every kind is said', () => {
    type Kinds = { readonly kind: 'one'; readonly here: number } | { readonly kind: 'other' };
    // @ts-expect-error `other` is missing
    union<Kinds, 'kind'>('kind', 'kind', { one: { here: any } });
    const shape = union<Kinds, 'kind'>('kind', 'kind', { one: { here: any }, other: {} });
    expect(shape.read({ kind: 'one', here: 1 }, '')).toEqual({ kind: 'one', here: 1 });
  });
});
