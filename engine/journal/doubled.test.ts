import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { singleBitFlips } from '../testing/arbitraries.ts';
import type { DoubledKind } from './doubled.ts';
import { decodeDoubled, encodeDoubled } from './doubled.ts';

const KINDS: readonly DoubledKind[] = ['identity', 'termAndVote', 'manifest', 'control'];
const OVERHEAD_BYTES = 16;

const somePayload = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  // Around the end of a sector the second copy moves one further.
  fc.integer({ min: 4096 - OVERHEAD_BYTES - 2, max: 4096 - OVERHEAD_BYTES + 2 }).map((n) => new Uint8Array(n).fill(7)),
);

describe('a doubled file', () => {
  it('has the published bytes, twice', () => {
    const file = encodeDoubled('control', Uint8Array.of(1, 2, 3));
    const copy = ['534b4431', '0400', '0100', '03000000', '010203', 'be18274c'].join('');
    expect(file).toHaveLength(4096 + 19);
    expect(toHex(file.subarray(0, 19))).toBe(copy);
    expect(file.subarray(19, 4096).every((byte) => byte === 0)).toBe(true);
    expect(toHex(file.subarray(4096))).toBe(copy);
    expect(KINDS.map((kind) => encodeDoubled(kind, new Uint8Array(0))[4])).toEqual([1, 2, 3, 4]);
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), somePayload, (kind, payload) => {
        const file = encodeDoubled(kind, payload);
        const second = Math.ceil((payload.length + OVERHEAD_BYTES) / 4096) * 4096;
        expect(file).toHaveLength(second + payload.length + OVERHEAD_BYTES);
        expect(toHex(decodeDoubled(kind, file) ?? new Uint8Array(0))).toBe(toHex(payload));
        for (const other of KINDS) if (other !== kind) expect(decodeDoubled(other, file)).toBeUndefined();
      }),
    );
  });

  it('bears the loss of either copy, and is refused without both', () => {
    fc.assert(
      fc.property(somePayload, fc.nat(), fc.nat(), (payload, a, b) => {
        const length = payload.length + OVERHEAD_BYTES;
        const file = encodeDoubled('manifest', payload);
        const second = file.length - length;
        const damage = (copy: Uint8Array, at: number): void => {
          copy[at] = (copy[at] ?? 0) ^ 0x40;
        };
        const one = file.slice();
        damage(one, a % length);
        expect(decodeDoubled('manifest', one)?.length).toBe(payload.length);
        const other = file.slice();
        damage(other, second + (b % length));
        expect(decodeDoubled('manifest', other)?.length).toBe(payload.length);
        damage(other, a % length);
        expect(decodeDoubled('manifest', other)).toBeUndefined();
      }),
    );
  });

  it('shows every flipped bit of a copy that stands alone, and every cut', () => {
    const file = encodeDoubled(
      'identity',
      Uint8Array.from({ length: 40 }, (_, i) => i),
    );
    const alone = file.slice(0, 40 + OVERHEAD_BYTES);
    expect(decodeDoubled('identity', alone)).toHaveLength(40);
    for (const flipped of singleBitFlips(alone)) expect(decodeDoubled('identity', flipped)).toBeUndefined();
    for (let length = 0; length < alone.length; length++) {
      expect(decodeDoubled('identity', alone.subarray(0, length))).toBeUndefined();
    }
    for (let length = alone.length; length <= file.length; length++) {
      expect(decodeDoubled('identity', file.subarray(0, length))).toHaveLength(40);
    }
  });

  it('refuses arbitrary bytes and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.constantFrom(...KINDS), (bytes, kind) => {
        expect(decodeDoubled(kind, bytes)).toBeUndefined();
      }),
    );
  });
});
