import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSorted, lastAtMost, lowerBound, upperBound } from './sorted.ts';

interface Named {
  readonly key: number;
  readonly name: string;
}

const byKey = (element: Named, key: number) => element.key - key;
const sorted = fc
  .array(fc.record({ key: fc.nat(20), name: fc.string() }))
  .map((elements) => elements.sort((left, right) => left.key - right.key));

describe('binary search', () => {
  it('finds what looking at every element finds', () => {
    fc.assert(
      fc.property(sorted, fc.integer({ min: -1, max: 21 }), (array, key) => {
        const before = array.filter((element) => element.key < key);
        const upTo = array.filter((element) => element.key <= key);
        expect(lowerBound(array, key, byKey)).toBe(before.length);
        expect(upperBound(array, key, byKey)).toBe(upTo.length);
        expect(findSorted(array, key, byKey)).toBe(array.find((element) => element.key === key));
        expect(lastAtMost(array, key, byKey)).toBe(upTo.at(-1));
      }),
    );
  });

  it('works for keys of another type than the elements', () => {
    const array = ['a', 'bb', 'dddd'];
    const byLength = (text: string, length: bigint) => text.length - Number(length);
    expect([1n, 2n, 3n, 4n, 5n].map((length) => lowerBound(array, length, byLength))).toEqual([0, 1, 2, 2, 3]);
  });
});
