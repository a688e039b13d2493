import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds32, holds64, put16, put32, put48, put64 } from './put.ts';

/** The naive twin: the digits of the value to base 256, lowest first. */
function littleEndian(value: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

describe('put', () => {
  it('writes what the naive twin writes, and nothing around it', () => {
    const widths = [
      { count: 2, put: (target: Uint8Array, at: number, value: bigint) => put16(target, at, Number(value)) },
      { count: 4, put: (target: Uint8Array, at: number, value: bigint) => put32(target, at, Number(value)) },
      { count: 6, put: (target: Uint8Array, at: number, value: bigint) => put48(target, at, Number(value)) },
      { count: 8, put: put64 },
    ];
    for (const { count, put } of widths) {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << BigInt(8 * count)) - 1n }), fc.nat(5), (value, at) => {
          const target = new Uint8Array(16).fill(0xa5);
          put(target, at, value);
          const expected = new Array<number>(16).fill(0xa5);
          expected.splice(at, count, ...littleEndian(value, count));
          expect([...target]).toEqual(expected);
        }),
      );
    }
  });

  it('tells whether it would change anything', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.nat(7), fc.nat(7), (value, at, bit) => {
        const lower = Number(value & 0xffff_ffffn);
        const target = new Uint8Array(16);
        put64(target, at, value);
        expect(holds64(target, at, value)).toBe(true);
        expect(holds32(target, at, lower)).toBe(true);
        target[at + 3] = (target[at + 3] ?? 0) ^ (1 << bit);
        expect(holds64(target, at, value)).toBe(false);
        expect(holds32(target, at, lower)).toBe(false);
      }),
    );
  });
});
