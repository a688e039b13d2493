import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, STRING_BYTES_MAX } from './writer.ts';

type Piece = { readonly write: (writer: ByteWriter) => void; readonly expected: readonly number[] };

/** The naive twin: an array of numbers, the digits of each integer by repeated division. */
function littleEndian(value: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

function unsigned(bits: number): fc.Arbitrary<bigint> {
  const max = (1n << BigInt(bits)) - 1n;
  return fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, max, max >> 1n, (max >> 1n) + 1n));
}

const piece: fc.Arbitrary<Piece> = fc.oneof(
  unsigned(8).map((v) => ({ write: (w: ByteWriter) => w.u8(Number(v)), expected: littleEndian(v, 1) })),
  unsigned(16).map((v) => ({ write: (w: ByteWriter) => w.u16(Number(v)), expected: littleEndian(v, 2) })),
  unsigned(32).map((v) => ({ write: (w: ByteWriter) => w.u32(Number(v)), expected: littleEndian(v, 4) })),
  unsigned(48).map((v) => ({ write: (w: ByteWriter) => w.u48(Number(v)), expected: littleEndian(v, 6) })),
  unsigned(64).map((v) => ({ write: (w: ByteWriter) => w.u64(v), expected: littleEndian(v, 8) })),
  unsigned(53).map((v) => ({ write: (w: ByteWriter) => w.safeInteger(Number(v)), expected: littleEndian(v, 8) })),
  fc.uint8Array().map((v) => ({ write: (w: ByteWriter) => w.bytes(v), expected: [...v] })),
  fc.uint8Array().map((v) => ({
    write: (w: ByteWriter) => w.sizedBytes(v),
    expected: [...littleEndian(BigInt(v.length), 4), ...v],
  })),
  fc.string({ unit: 'binary' }).map((v) => {
    const bytes = new TextEncoder().encode(v);
    return {
      write: (w: ByteWriter) => w.string(v),
      expected: [...littleEndian(BigInt(bytes.length), 2), ...bytes],
    };
  }),
);

describe('ByteWriter', () => {
  it('writes what the naive twin writes, whatever the first capacity', () => {
    fc.assert(
      fc.property(fc.array(piece), fc.nat(300), (pieces, capacity) => {
        const writer = new ByteWriter(capacity);
        const expected: number[] = [];
        for (const { write, expected: bytes } of pieces) {
          write(writer);
          expected.push(...bytes);
          expect(writer.length).toBe(expected.length);
        }
        expect([...writer.finish()]).toEqual(expected);
      }),
    );
  });

  it('gives bytes that later writing does not change, also when the buffer was exactly full', () => {
    for (const capacity of [0, 3, 4, 5]) {
      const writer = new ByteWriter(capacity);
      writer.u32(0x01020304);
      const before = writer.finish();
      writer.u32(0xffffffff);
      expect([...before]).toEqual([4, 3, 2, 1]);
      expect([...writer.finish()]).toEqual([4, 3, 2, 1, 255, 255, 255, 255]);
    }
  });

  it('cuts many byte strings from one buffer, none of which changes later', () => {
    const cuts = fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.nat(100), (pieceLists, capacity) => {
        const writer = new ByteWriter(capacity);
        const views = pieceLists.map((pieces) => {
          pieces.forEach(({ write }) => write(writer));
          const length = writer.length;
          const view = writer.cut();
          expect(view).toHaveLength(length);
          expect(writer.length).toBe(0);
          return view;
        });
        writer.u64(0n);
        expect([...writer.finish()]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
        expect(views.map((view) => [...view])).toEqual(
          pieceLists.map((pieces) => pieces.flatMap(({ expected }) => expected)),
        );
      }),
    );
  });

  it('returns an array with nothing around it', () => {
    const writer = new ByteWriter(100);
    writer.u16(7);
    expect(writer.finish().buffer.byteLength).toBe(2);
  });

  it('refuses what a width cannot hold, and then has written nothing', () => {
    const writer = new ByteWriter();
    const refused: (() => void)[] = [
      () => writer.u8(256),
      () => writer.u16(65536),
      () => writer.u32(2 ** 32),
      () => writer.u48(2 ** 48),
      () => writer.u64(2n ** 64n),
      () => writer.u64(-1n),
      () => writer.safeInteger(2 ** 53),
      () => writer.string('a'.repeat(STRING_BYTES_MAX + 1)),
      () => writer.string('\ud800'),
    ];
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      refused.push(
        () => writer.u8(bad),
        () => writer.u16(bad),
        () => writer.u32(bad),
        () => writer.u48(bad),
        () => writer.safeInteger(bad),
      );
    }
    for (const write of refused) {
      expect(write).toThrow(RangeError);
    }
    expect(writer.length).toBe(0);
  });

  it('writes the longest text there can be', () => {
    const writer = new ByteWriter();
    writer.string('a'.repeat(STRING_BYTES_MAX));
    expect(writer.length).toBe(2 + STRING_BYTES_MAX);
  });
});
