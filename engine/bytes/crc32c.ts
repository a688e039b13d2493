/** The Castagnoli polynomial 0x1EDC6F41 with its bits reversed, as a table-driven CRC needs it. */
const REVERSED_POLYNOMIAL = 0x82f63b78;

/**
 * Sixteen tables of 256 in one array. Table n holds the remainder of each byte value followed by n zero bytes, so that
 * the sixteen bytes of a step are looked up independently of each other instead of one after the other.
 */
const REMAINDERS = remainders();

function remainders(): Int32Array {
  const table = new Int32Array(16 * 256);
  for (let value = 0; value < 256; value++) {
    let remainder = value;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder >>> 1) ^ (remainder & 1 ? REVERSED_POLYNOMIAL : 0);
    }
    table[value] = remainder;
  }
  for (let at = 256; at < table.length; at++) {
    const shorter = table[at - 256] as number;
    table[at] = (shorter >>> 8) ^ (table[shorter & 0xff] as number);
  }
  return table;
}

/**
 * CRC-32C (Castagnoli) of `bytes[start, end)`, as an unsigned 32-bit integer.
 *
 * To continue over a second piece pass the CRC of the first as `seed`: `crc32c(b, 0, b.length, crc32c(a))` is the CRC
 * of `a` followed by `b`.
 *
 * Throws `RangeError` if `[start, end)` is not a range inside `bytes`: a checksum over anything else proves nothing.
 *
 * Source: RFC 3720 §12.1 and appendix B.4. Slicing by sixteen: after Kounavis and Berry, "A Systematic Approach to
 * Building High Performance Software-based CRC Generators" (ISCC 2005). The bytes are read one by one because a
 * `DataView`, faster from some kilobytes on, costs more to make than a small record costs to sum.
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  if (!(start >= 0 && start <= end && end <= bytes.length)) {
    throw new RangeError(`no range [${start}, ${end}) in ${bytes.length} bytes`);
  }
  const table = REMAINDERS;
  let crc = ~seed;
  let at = start;
  for (const lastOfSixteen = end - 15; at < lastOfSixteen; at += 16) {
    crc =
      (table[0xf00 | ((crc ^ (bytes[at] as number)) & 0xff)] as number) ^
      (table[0xe00 | (((crc >>> 8) ^ (bytes[at + 1] as number)) & 0xff)] as number) ^
      (table[0xd00 | (((crc >>> 16) ^ (bytes[at + 2] as number)) & 0xff)] as number) ^
      (table[0xc00 | ((crc >>> 24) ^ (bytes[at + 3] as number))] as number) ^
      (table[0xb00 | (bytes[at + 4] as number)] as number) ^
      (table[0xa00 | (bytes[at + 5] as number)] as number) ^
      (table[0x900 | (bytes[at + 6] as number)] as number) ^
      (table[0x800 | (bytes[at + 7] as number)] as number) ^
      (table[0x700 | (bytes[at + 8] as number)] as number) ^
      (table[0x600 | (bytes[at + 9] as number)] as number) ^
      (table[0x500 | (bytes[at + 10] as number)] as number) ^
      (table[0x400 | (bytes[at + 11] as number)] as number) ^
      (table[0x300 | (bytes[at + 12] as number)] as number) ^
      (table[0x200 | (bytes[at + 13] as number)] as number) ^
      (table[0x100 | (bytes[at + 14] as number)] as number) ^
      (table[bytes[at + 15] as number] as number);
  }
  for (; at < end; at++) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
