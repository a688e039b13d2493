import { parse } from 'lossless-json';

/** Sixteen digits are the fewest that a double may not hold exactly. */
const LONG_DIGIT_RUN = /\d{16}/;

/**
 * `JSON.parse` that keeps every digit of an integer: one beyond ±(2^53−1) becomes a bigint. The slower exact parser runs
 * only when the text has a run of digits that could need it.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return LONG_DIGIT_RUN.test(text) ? parse(text, null, exactNumber) : JSON.parse(text);
}

function exactNumber(digits: string): number | bigint {
  const rounded = Number(digits);
  return Number.isSafeInteger(rounded) || !/^-?\d+$/.test(digits) ? rounded : BigInt(digits);
}
