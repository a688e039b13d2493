/** The highest log sequence number, 2^64−1. */
export const LSN_MAX = 0xffff_ffff_ffff_ffffn;

const U32_MAX = 0xffff_ffff;

/** True for 0 … 2^64−1. */
export function isU64(value: bigint): boolean {
  return value >= 0n && value <= LSN_MAX;
}

/** True for 0 … 2^32−1 without a fraction. */
export function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= U32_MAX;
}

/**
 * An unsigned 64-bit integer out of parsed JSON: a safe number, a bigint (see `parseExactJson`) or a decimal string.
 * @returns undefined for anything else, a number whose digits are already lost included.
 */
export function toU64(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value === 'string') return /^\d{1,20}$/.test(value) ? toU64(BigInt(value)) : undefined;
  return typeof value === 'bigint' && isU64(value) ? value : undefined;
}
