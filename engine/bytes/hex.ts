import { MalformedBytes } from './malformed_bytes.ts';

const DIGITS = '0123456789abcdef';

/** `bytes` as lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text += DIGITS.charAt(byte >>> 4) + DIGITS.charAt(byte & 15);
  }
  return text;
}

/**
 * The bytes that hexadecimal `text` names; upper and lower case are the same.
 *
 * Throws {@link MalformedBytes} if a character is not a hexadecimal digit or their number is odd.
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) {
    throw new MalformedBytes(`hexadecimal text has two digits a byte, this one has ${text.length} digits`);
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (digitAt(text, 2 * at) << 4) | digitAt(text, 2 * at + 1);
  }
  return bytes;
}

function digitAt(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  if (unit >= 0x30 && unit <= 0x39) {
    return unit - 0x30;
  }
  // Setting this bit turns A-F into a-f and no other character into one of them.
  const lower = unit | 0x20;
  if (lower >= 0x61 && lower <= 0x66) {
    return lower - 0x57;
  }
  throw new MalformedBytes(`character ${position} is not a hexadecimal digit`);
}
