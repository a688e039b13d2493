/**
 * Decodes standard base64 (RFC 4648, section 4: with padding, without line breaks) strictly: undefined for anything else,
 * also for text whose unused bits are not zero, since it was not made by an encoder and may have lost something.
 *
 * Node's decoder skips what it does not know, so what it skipped shows as missing bytes.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.byteLength !== (text.length / 4) * 3 - padding) return undefined;
  // The URL alphabet would be decoded, too.
  if (text.includes('-') || text.includes('_')) return undefined;
  if (padding > 0) {
    const last = bytes.subarray(bytes.byteLength - (3 - padding));
    if (last.toString('base64') !== text.slice(-4)) return undefined;
  }
  // A plain array: `slice` of a Buffer would share its memory.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
