import { MurmurLanes } from './murmur.ts';

/**
 * A hash of `bytes`, 16 bytes long: MurmurHash3, the variant of 128 bits for 32-bit machines, words little-endian.
 *
 * It mixes well and is the same on every machine, but it is *not* cryptographic: whoever wants two inputs with the same
 * hash can make them. It names things, it guards nothing. `seed` is an unsigned 32-bit integer.
 *
 * Source: Austin Appleby, SMHasher, `MurmurHash3_x86_128`.
 */
export function hash128(bytes: Uint8Array, seed = 0): Uint8Array {
  const lanes = new MurmurLanes(seed);
  const length = bytes.length;
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    lanes.block(wordAt(bytes, at), wordAt(bytes, at + 4), wordAt(bytes, at + 8), wordAt(bytes, at + 12));
  }
  return lanes.finish(wordAt(bytes, at), wordAt(bytes, at + 4), wordAt(bytes, at + 8), wordAt(bytes, at + 12), length);
}

/** Four bytes as a little-endian word; bytes beyond the end are zero. */
function wordAt(bytes: Uint8Array, at: number): number {
  if (at + 4 <= bytes.length) {
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
  }
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}
