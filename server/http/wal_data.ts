/** A body without its record data, and that data as base64 text. */
export interface CutBody {
  /** JSON in which `wal_data` is the empty string. */
  readonly rest: Uint8Array;
  readonly base64: string;
}

const KEY = Buffer.from('"wal_data"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Takes the record data, which may be megabytes, out of a JSON text before it is parsed: as a string among others it
 * would be copied twice more and searched for nothing. Undefined when the text is not plainly of that form; then it is
 * parsed whole.
 *
 * Safe without parsing: nothing is escaped anywhere, so the key is no part of a string and has no second spelling; it
 * occurs once; and base64 has no quotation marks. Whether the rest is sound JSON the parser decides as always.
 */
export function cutWalData(body: Uint8Array): CutBody | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const key = bytes.indexOf(KEY);
  if (key < 0 || bytes.includes(BACKSLASH)) return undefined;
  const colon = skipSpace(bytes, key + KEY.byteLength);
  const opening = skipSpace(bytes, colon + 1);
  if (bytes[colon] !== COLON || bytes[opening] !== QUOTE) return undefined;
  const begin = opening + 1;
  const end = bytes.indexOf(QUOTE, begin);
  if (end < 0 || bytes.indexOf(KEY, end) >= 0) return undefined;
  const rest = Buffer.concat([bytes.subarray(0, begin), bytes.subarray(end)]);
  return { rest, base64: bytes.toString('latin1', begin, end) };
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
