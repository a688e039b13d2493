import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash128 } from './hash128.ts';
import { toHex } from './hex.ts';

const MASK = 0xffff_ffffn;

/** `MurmurHash3_x86_128` as it is written in SMHasher, in integers without bounds. */
function twin(bytes: readonly number[], seed: number): string {
  const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n];
  const rotationsOfInput = [15n, 16n, 17n, 18n];
  const rotationsOfLane = [19n, 17n, 15n, 13n];
  const added = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n];
  const rotate = (word: bigint, by: bigint) => ((word << by) | (word >> (32n - by))) & MASK;
  const at = (list: readonly bigint[], position: number) => list[position % 4] ?? 0n;
  const scramble = (word: bigint, lane: number) =>
    (rotate((word * at(c, lane)) & MASK, at(rotationsOfInput, lane)) * at(c, lane + 1)) & MASK;
  const word = (from: number) =>
    [0, 1, 2, 3].reduce((sum, byte) => sum | (BigInt(bytes[from + byte] ?? 0) << BigInt(8 * byte)), 0n);
  const mix = (word: bigint) => {
    let h = word;
    h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & MASK;
    h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & MASK;
    return h ^ (h >> 16n);
  };

  let h = [0, 1, 2, 3].map(() => BigInt(seed));
  const wholeBlocks = Math.floor(bytes.length / 16);
  for (let block = 0; block < wholeBlocks; block++) {
    for (let lane = 0; lane < 4; lane++) {
      const mixed = rotate(at(h, lane) ^ scramble(word(16 * block + 4 * lane), lane), at(rotationsOfLane, lane));
      h[lane] = ((mixed + at(h, lane + 1)) * 5n + at(added, lane)) & MASK;
    }
  }
  h = h.map((value, lane) => value ^ scramble(word(16 * wholeBlocks + 4 * lane), lane) ^ BigInt(bytes.length));
  const addUp = () => {
    h[0] = h.reduce((sum, value) => sum + value) & MASK;
    h = h.map((value, lane) => (lane === 0 ? value : (value + at(h, 0)) & MASK));
  };
  addUp();
  h = h.map(mix);
  addUp();
  return h.map((value) => toHex(Uint8Array.from([0n, 8n, 16n, 24n], (by) => Number((value >> by) & 0xffn)))).join('');
}

describe('hash128', () => {
  it('passes the verification test of SMHasher', () => {
    // The hashes of the keys {}, {0}, {0, 1} … under the seeds 256, 255, 254 …, hashed once more.
    const hashes = new Uint8Array(256 * 16);
    for (let length = 0; length < 256; length++) {
      const key = Uint8Array.from({ length }, (_, position) => position);
      hashes.set(hash128(key, 256 - length), 16 * length);
    }
    expect(toHex(hash128(hashes, 0).subarray(0, 4))).toBe('2ae6ecb3');
  });

  it('gives the published example, there printed by words', () => {
    const text = "I will not buy this tobacconist's, it is scratched.";
    const words = [...new Uint32Array(hash128(new TextEncoder().encode(text)).buffer)];
    expect(words.map((word) => word.toString(16).padStart(8, '0')).join('')).toBe('9b5b7ba2ef3f7866889adeaf00f3f98e');
    expect(toHex(hash128(new Uint8Array(0)))).toBe('0'.repeat(32));
  });

  it('agrees with the twin in unbounded integers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(0xffffffff), (bytes, seed) => {
        expect(toHex(hash128(bytes, seed))).toBe(twin([...bytes], seed));
      }),
    );
  });
});
