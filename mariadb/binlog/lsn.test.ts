import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLsn, toLsn } from './lsn.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('toLsn', () => {
  it('is the file number and the offset, and turns back', () => {
    expect(toLsn({ fileNumber: 5, offset: 746 })).toBe(5n * 2n ** 32n + 746n);
    fc.assert(
      fc.property(u32, u32, (fileNumber, offset) => {
        expect(fromLsn(toLsn({ fileNumber, offset }))).toEqual({ fileNumber, offset });
      }),
    );
  });

  it.each([
    { fileNumber: 1, offset: 2 ** 32 },
    { fileNumber: 2 ** 32, offset: 1 },
    { fileNumber: -1, offset: 1 },
    { fileNumber: 1, offset: 0.5 },
  ])('refuses %o', (position) => {
    expect(() => toLsn(position)).toThrow(RangeError);
  });
});
