import { MalformedBytes } from './malformed_bytes.ts';

/** `String.fromCharCode` takes its argument list on the stack, so long texts are made piece by piece. */
const UNITS_A_PIECE = 4096;

/**
 * How many bytes `text` takes in UTF-8.
 *
 * Throws `RangeError` if `text` holds a surrogate without its partner: such a text has no UTF-8 form, and to replace
 * the surrogate, as `TextEncoder` does, would give two different texts the same bytes.
 */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      continue;
    }
    if (unit < 0x800) {
      length += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      length += 2;
    } else {
      const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
      if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) {
        throw new RangeError(`character ${at} of the text is a surrogate without its partner`);
      }
      // Two units, four bytes.
      length += 2;
      at++;
    }
  }
  return length;
}

/**
 * Writes `text` as UTF-8 into `target` from `position` on and returns the position after it. The caller has made
 * certain, with {@link utf8Length}, that the text is well formed and fits.
 */
export function writeUtf8(text: string, target: Uint8Array, position: number): number {
  let to = position;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      target[to++] = unit;
    } else if (unit < 0x800) {
      target[to++] = 0xc0 | (unit >>> 6);
      target[to++] = 0x80 | (unit & 0x3f);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      target[to++] = 0xe0 | (unit >>> 12);
      target[to++] = 0x80 | ((unit >>> 6) & 0x3f);
      target[to++] = 0x80 | (unit & 0x3f);
    } else {
      const codePoint = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(++at) - 0xdc00);
      target[to++] = 0xf0 | (codePoint >>> 18);
      target[to++] = 0x80 | ((codePoint >>> 12) & 0x3f);
      target[to++] = 0x80 | ((codePoint >>> 6) & 0x3f);
      target[to++] = 0x80 | (codePoint & 0x3f);
    }
  }
  return to;
}

/**
 * `text` as UTF-8. The engine has its own encoder because `TextEncoder` belongs to the platform, not to the language.
 *
 * Throws `RangeError` if `text` holds a surrogate without its partner, see {@link utf8Length}. Source: RFC 3629.
 */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/**
 * The text whose UTF-8 form is `bytes[start, end)`. Strict: every text has exactly one accepted form, so what was
 * decoded encodes to the same bytes. A byte order mark is a character like any other.
 *
 * Throws {@link MalformedBytes} for truncated, overlong or stray bytes, surrogates and code points above U+10FFFF.
 * Source: RFC 3629 §3 and §4.
 */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = '';
  let units: number[] = [];
  let at = start;
  while (at < end) {
    const first = bytes[at] as number;
    if (first < 0x80) {
      units.push(first);
      at += 1;
    } else {
      const width = widthOf(first);
      if (width === 0 || at + width > end) {
        throw notUtf8(at - start);
      }
      const codePoint = codePointAt(bytes, at, width);
      if (codePoint < 0) {
        throw notUtf8(at - start);
      }
      if (codePoint < 0x10000) {
        units.push(codePoint);
      } else {
        units.push(0xd800 + ((codePoint - 0x10000) >>> 10), 0xdc00 + (codePoint & 0x3ff));
      }
      at += width;
    }
    if (units.length >= UNITS_A_PIECE) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

function notUtf8(position: number): MalformedBytes {
  return new MalformedBytes(`the text is not UTF-8 at its byte ${position}`);
}

/** The number of bytes a multi-byte sequence beginning with `first` has, or 0 if none can begin so. */
function widthOf(first: number): number {
  if (first < 0xc2) {
    // A continuation byte, or 0xC0 and 0xC1, which could only begin overlong forms.
    return 0;
  }
  if (first < 0xe0) {
    return 2;
  }
  if (first < 0xf0) {
    return 3;
  }
  return first < 0xf5 ? 4 : 0;
}

/** The code point of the `width` bytes at `at`, or -1 if they are not one in its shortest form. */
function codePointAt(bytes: Uint8Array, at: number, width: number): number {
  let codePoint = (bytes[at] as number) & (0xff >>> (width + 1));
  for (let follower = 1; follower < width; follower++) {
    const byte = bytes[at + follower] as number;
    if ((byte & 0xc0) !== 0x80) {
      return -1;
    }
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  if (width === 3) {
    return codePoint < 0x800 || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? -1 : codePoint;
  }
  if (width === 4) {
    return codePoint < 0x10000 || codePoint > 0x10ffff ? -1 : codePoint;
  }
  return codePoint;
}
