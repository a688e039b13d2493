import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBytes } from './malformed_bytes.ts';
import { decodeUtf8, encodeUtf8, utf8Length, writeUtf8 } from './utf8.ts';

const wellFormed = fc.string({ unit: 'binary' });

/** What the platform says of the same bytes. */
function platformTwin(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decodedOrUndefined(bytes: Uint8Array): string | undefined {
  try {
    return decodeUtf8(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBytes);
    return undefined;
  }
}

describe('utf8', () => {
  it('encodes as TextEncoder does and decodes back', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const bytes = encodeUtf8(text);
        expect(bytes).toEqual(new Uint8Array(new TextEncoder().encode(text)));
        expect(utf8Length(text)).toBe(bytes.length);
        expect(decodeUtf8(bytes)).toBe(text);
      }),
    );
  });

  it('accepts and refuses exactly the bytes that a strict TextDecoder does', () => {
    const likelyBytes = fc.array(
      fc.oneof(
        fc.constantFrom(0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
        fc.nat(255),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(likelyBytes, (values) => {
        const bytes = Uint8Array.from(values);
        expect(decodedOrUndefined(bytes)).toBe(platformTwin(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('agrees with a strict TextDecoder on every first byte with every boundary of the second and third', () => {
    const edges = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (let first = 0; first < 256; first++) {
      for (const second of edges) {
        for (const third of first < 0xe0 ? [0x41] : edges) {
          for (const bytes of [Uint8Array.of(first, second, third), Uint8Array.of(first, second, third, 0xbf)]) {
            if (decodedOrUndefined(bytes) !== platformTwin(bytes)) {
              expect.fail(`disagreement on ${bytes.join(' ')}`);
            }
          }
        }
      }
    }
  });

  it('refuses to encode a surrogate without its partner', () => {
    for (const text of ['\ud800', 'a\udc00', '\ud800a', '\udc00\ud800', '\ud800\ud800\udc00']) {
      expect(() => encodeUtf8(text)).toThrow(RangeError);
    }
  });

  it('handles texts longer than a piece, with a pair of surrogates across the edge', () => {
    const text = `${'a'.repeat(4095)}😀${'ж'.repeat(10_000)}`;
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  });

  it('works on a part of a larger array', () => {
    const target = new Uint8Array(8);
    expect(writeUtf8('жa', target, 2)).toBe(5);
    expect(decodeUtf8(target, 2, 5)).toBe('жa');
    expect(decodeUtf8(target.subarray(2, 5))).toBe('жa');
    expect(() => decodeUtf8(target, 2, 3)).toThrow('the text is not UTF-8 at its byte 0');
  });
});
