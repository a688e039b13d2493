/** Larger arrays are made by themselves. */
const CUT_BYTES_MAX = 4 * 1024;
const BUFFER_BYTES = 32 * 1024;

let buffer = new Uint8Array(BUFFER_BYTES);
let used = 0;

/**
 * `length` bytes, all zero, that nobody else has: as `new Uint8Array(length)`, but small ones are cut from a larger
 * buffer, because V8 takes some 300 ns for each array of more than 64 bytes and 30 for a view. The buffer lives as long
 * as anything cut from it, so this is for bytes that come and go together, as frames and messages do. What it remembers
 * between calls nobody can see.
 */
export function allocate(length: number): Uint8Array {
  if (length > CUT_BYTES_MAX) return new Uint8Array(length);
  if (used + length > BUFFER_BYTES) {
    buffer = new Uint8Array(BUFFER_BYTES);
    used = 0;
  }
  const bytes = new Uint8Array(buffer.buffer, used, length);
  used += length;
  return bytes;
}
