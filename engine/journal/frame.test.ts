import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { someLsn } from '../testing/arbitraries.ts';
import { encodeFrame, frameData, frameHeaderIs } from './frame.ts';

describe('a frame', () => {
  it('has the published bytes', () => {
    expect(toHex(encodeFrame(0x1122_3344_5566_7788n, Uint8Array.of(0xca, 0xfe)))).toBe('887766554433221102000000cafe');
    expect(toHex(encodeFrame(1n, new Uint8Array(0)))).toBe('010000000000000000000000');
  });

  it('carries LSN, length and data, and is no other frame', () => {
    fc.assert(
      fc.property(someLsn, fc.uint8Array({ maxLength: 40 }), someLsn, fc.nat(50), (lsn, data, other, length) => {
        const frame = encodeFrame(lsn, data);
        expect(frameData(frame)).toEqual(data);
        expect(frameHeaderIs(frame, lsn, data.length)).toBe(true);
        expect(frameHeaderIs(frame, other, length)).toBe(other === lsn && length === data.length);
        for (let cut = 0; cut < frame.length; cut++) {
          expect(frameHeaderIs(frame.slice(0, cut), lsn, data.length)).toBe(false);
          // Bytes that claim no more than they are must not be read past their end.
          expect(frameHeaderIs(frame.slice(0, cut), lsn, cut - 12)).toBe(false);
        }
      }),
    );
  });
});
