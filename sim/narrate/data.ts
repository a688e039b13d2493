/** Longer data is not quoted. */
const QUOTED_MAX = 24;

/** A record's data in quotes, with a space before, when it is a short text that can be printed; else nothing. */
export function quoteData(data: Uint8Array): string {
  if (data.length === 0 || data.length > QUOTED_MAX) return '';
  if (data.some((byte) => byte < 0x20 || byte > 0x7e)) return '';
  return ` "${String.fromCharCode(...data)}"`;
}
