import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsUnit, FRAGMENT_BYTES, Fragmenter, lastFragmentsBytes, nextFragmentBytes } from './fragments.ts';

/** The same cut without streaming: what the lengths must be. */
function cutAtOnce(unitBytes: number): number[] {
  const lengths: number[] = [];
  let left = unitBytes;
  while (left > FRAGMENT_BYTES + 1) {
    lengths.push(FRAGMENT_BYTES);
    left -= FRAGMENT_BYTES;
  }
  return [...lengths, ...lastFragmentsBytes(left)];
}

const unitBytes = fc.oneof(
  fc.integer({ min: 19, max: 10 * FRAGMENT_BYTES }),
  fc
    .tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: -3, max: 3 }))
    .map(([fragments, more]) => fragments * FRAGMENT_BYTES + more),
);

describe('the cut', () => {
  it('lets the last fragment, and no other, be known by its length', () => {
    fc.assert(
      fc.property(unitBytes, (bytes) => {
        const lengths = cutAtOnce(bytes);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes);
        expect(lengths.map(endsUnit)).toEqual(lengths.map((_length, index) => index === lengths.length - 1));
        expect(lengths.filter((length) => length === 1).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('does not cut what is short', () => {
    expect(cutAtOnce(19)).toEqual([19]);
    expect(cutAtOnce(FRAGMENT_BYTES - 1)).toEqual([FRAGMENT_BYTES - 1]);
  });

  it('says nothing too early', () => {
    expect(nextFragmentBytes(FRAGMENT_BYTES + 1)).toBe(0);
    expect(nextFragmentBytes(FRAGMENT_BYTES + 2)).toBe(FRAGMENT_BYTES);
  });
});

describe('Fragmenter', () => {
  it('cuts the same however the bytes arrive, and holds little', () => {
    const source = Buffer.alloc(4 * FRAGMENT_BYTES + 3);
    for (let at = 0; at < source.byteLength; at += 4) source.writeUInt32LE(at, Math.min(at, source.byteLength - 4));
    const length = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -3, max: 3 }))
      .map(([fragments, more]) => fragments * FRAGMENT_BYTES + more);
    const chunk = fc.integer({ min: 1000, max: FRAGMENT_BYTES });
    fc.assert(
      fc.property(length, chunk, (bytes, chunkBytes) => {
        const unit = source.subarray(0, bytes);
        const fragmenter = new Fragmenter();
        const fragments: Uint8Array[] = [];
        for (let at = 0; at < bytes; at += chunkBytes) {
          fragments.push(...fragmenter.push(unit.subarray(at, Math.min(bytes, at + chunkBytes))));
          expect(fragmenter.pendingBytes).toBeLessThan(FRAGMENT_BYTES + 2);
        }
        fragments.push(...fragmenter.finish());
        expect(fragments.map((fragment) => fragment.byteLength)).toEqual(cutAtOnce(bytes));
        expect(Buffer.concat(fragments).equals(unit)).toBe(true);
        expect(fragmenter.pendingBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});
