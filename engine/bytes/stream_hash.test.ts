import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash128 } from './hash128.ts';
import { toHex } from './hex.ts';
import { StreamHash } from './stream_hash.ts';
import { ByteWriter } from './writer.ts';

const word = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff));

function digestOf(take: (hash: StreamHash) => void): string {
  const hash = new StreamHash();
  take(hash);
  return hash.digest();
}

describe('StreamHash', () => {
  it('is hash128 of its words as little-endian bytes, at every moment', () => {
    fc.assert(
      fc.property(fc.array(word), word, (words, seed) => {
        const hash = new StreamHash(seed);
        const writer = new ByteWriter();
        for (const each of words) {
          hash.u32(each);
          writer.u32(each);
          expect(hash.digest()).toBe(toHex(hash128(writer.finish(), seed)));
        }
      }),
    );
  });

  it('takes a number as its two words, in two’s complement, like a bigint of the same value', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bits = BigInt.asUintN(64, BigInt(value));
        const expected = digestOf((hash) => {
          hash.u32(Number(bits & 0xffffffffn));
          hash.u32(Number(bits >> 32n));
        });
        expect(digestOf((hash) => hash.number(value))).toBe(expected);
        expect(digestOf((hash) => hash.u64(bits))).toBe(expected);
      }),
    );
  });

  it('refuses numbers that are no safe integers', () => {
    for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => new StreamHash().number(value)).toThrow(RangeError);
    }
  });

  it('tells byte strings and texts apart from the same ones split elsewhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(12), fc.nat(12), (bytes, oneCut, otherCut) => {
        const digest = (cut: number) =>
          digestOf((hash) => {
            hash.bytes(bytes.subarray(0, cut));
            hash.bytes(bytes.subarray(cut));
          });
        const [one, other] = [Math.min(oneCut, bytes.length), Math.min(otherCut, bytes.length)];
        expect(digest(one) === digest(other)).toBe(one === other);
      }),
    );
    const words = (texts: readonly string[]) => digestOf((hash) => texts.forEach((text) => hash.text(text)));
    expect(new Set([['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['abd']].map(words)).size).toBe(6);
  });

  it('notices every single byte', () => {
    const bytes = Uint8Array.from({ length: 35 }, (_, position) => position);
    const digests = new Set([digestOf((hash) => hash.bytes(bytes))]);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = 0xff;
      digests.add(digestOf((hash) => hash.bytes(changed)));
    }
    expect(digests.size).toBe(bytes.length + 1);
  });

  it('gives the same digest for ever', () => {
    const hash = new StreamHash(7);
    hash.u32(1);
    hash.number(-2);
    hash.u64(0xfedc_ba98_7654_3210n);
    hash.bytes(Uint8Array.of(1, 2, 3, 4, 5));
    hash.text('wal 😀');
    expect(hash.digest()).toBe('b32b04457886e95c199faf0291f800e0');
  });
});
