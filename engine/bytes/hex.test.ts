import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './hex.ts';
import { MalformedBytes } from './malformed_bytes.ts';

describe('hex', () => {
  it('writes two lower-case digits a byte and reads either case back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = toHex(bytes);
        expect(text).toBe(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
        expect(fromHex(text)).toEqual(bytes);
        expect(fromHex(text.toUpperCase())).toEqual(bytes);
      }),
    );
  });

  it('refuses every character that is not a digit', () => {
    for (let unit = 0; unit < 0x200; unit++) {
      const text = `0${String.fromCharCode(unit)}`;
      if (/^[0-9a-fA-F]+$/.test(text)) {
        expect(fromHex(text)).toHaveLength(1);
      } else {
        expect(() => fromHex(text)).toThrow(MalformedBytes);
      }
    }
  });

  it('refuses an odd number of digits', () => {
    expect(() => fromHex('abc')).toThrow('this one has 3 digits');
  });
});
