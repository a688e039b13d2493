import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

/** The definition, one bit at a time. */
function bitwiseTwin(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('crc32c', () => {
  it('gives the check value of the catalogue of CRC algorithms', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  it('gives the examples of RFC 3720 appendix B.4', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, position) => position);
    const readCommand = new Uint8Array(48);
    readCommand.set([0x01, 0xc0], 0);
    readCommand.set([0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28], 16);
    readCommand.set([0x02], 40);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(ascending)).toBe(0x46dd794e);
    expect(crc32c(ascending.slice().reverse())).toBe(0x113fdb5c);
    expect(crc32c(readCommand)).toBe(0xd9963a56);
  });

  it('agrees with the bitwise definition at every length and alignment', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), fc.nat(9), (content, before, after) => {
        const surrounded = new Uint8Array(before + content.length + after).fill(0xa5);
        surrounded.set(content, before);
        const expected = bitwiseTwin(content);
        expect(crc32c(content)).toBe(expected);
        expect(crc32c(surrounded, before, before + content.length)).toBe(expected);
        expect(crc32c(surrounded.subarray(before, before + content.length))).toBe(expected);
      }),
    );
  });

  it('continues from the checksum of what came before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (content, cut) => {
        const middle = Math.min(cut, content.length);
        const first = crc32c(content, 0, middle);
        expect(crc32c(content, middle, content.length, first)).toBe(bitwiseTwin(content));
      }),
    );
  });

  it('notices every single flipped bit', () => {
    const content = Uint8Array.from({ length: 40 }, (_, position) => position * 7);
    const sound = crc32c(content);
    for (let bit = 0; bit < content.length * 8; bit++) {
      const damaged = content.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(crc32c(damaged)).not.toBe(sound);
    }
  });

  it('refuses a range outside the bytes', () => {
    const content = new Uint8Array(4);
    expect(() => crc32c(content, 0, 5)).toThrow(RangeError);
    expect(() => crc32c(content, -1, 2)).toThrow(RangeError);
    expect(() => crc32c(content, 3, 2)).toThrow(RangeError);
    expect(() => crc32c(content, Number.NaN)).toThrow(RangeError);
  });
});
