import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBytes } from './malformed_bytes.ts';
import { ByteReader } from './reader.ts';
import { ByteWriter } from './writer.ts';

type Field =
  | { readonly kind: 'u8' | 'u16' | 'u32' | 'u48' | 'safeInteger'; readonly value: number }
  | { readonly kind: 'u64'; readonly value: bigint }
  | { readonly kind: 'sizedBytes'; readonly value: Uint8Array }
  | { readonly kind: 'string'; readonly value: string };

const BITS = { u8: 8, u16: 16, u32: 32, u48: 48, safeInteger: 53 } as const;

const field: fc.Arbitrary<Field> = fc.oneof(
  ...(['u8', 'u16', 'u32', 'u48', 'safeInteger'] as const).map((kind) => {
    const max = 2 ** BITS[kind] - 1;
    return fc
      .oneof(fc.maxSafeInteger(), fc.constantFrom(0, max, (max - 1) / 2, (max + 1) / 2))
      .map((value) => ({ kind, value: Math.abs(value) % (max + 1) }));
  }),
  fc
    .oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(2n ** 64n - 1n, 2n ** 53n, 2n ** 53n - 1n))
    .map((value) => ({ kind: 'u64' as const, value })),
  fc.uint8Array().map((value) => ({ kind: 'sizedBytes' as const, value })),
  fc.string({ unit: 'binary' }).map((value) => ({ kind: 'string' as const, value })),
);

function write(writer: ByteWriter, written: Field): void {
  switch (written.kind) {
    case 'u64':
      return writer.u64(written.value);
    case 'sizedBytes':
      return writer.sizedBytes(written.value);
    case 'string':
      return writer.string(written.value);
    default:
      return writer[written.kind](written.value);
  }
}

function encoded(fields: readonly Field[]): Uint8Array {
  const writer = new ByteWriter();
  for (const each of fields) {
    write(writer, each);
  }
  return writer.finish();
}

describe('ByteReader', () => {
  it('reads back what ByteWriter wrote, wherever the bytes lie in their buffer', () => {
    fc.assert(
      fc.property(fc.array(field), fc.nat(9), (fields, before) => {
        const bytes = encoded(fields);
        const surrounded = new Uint8Array(before + bytes.length + 3).fill(0xa5);
        surrounded.set(bytes, before);
        const reader = new ByteReader(surrounded.subarray(before, before + bytes.length));
        for (const { kind, value } of fields) {
          expect(reader[kind]()).toEqual(value);
        }
        expect(reader.remaining).toBe(0);
        reader.expectEnd();
      }),
    );
  });

  it('refuses every truncation', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), fc.nat(), (fields, cut) => {
        const bytes = encoded(fields);
        const reader = new ByteReader(bytes.subarray(0, cut % bytes.length));
        expect(() => {
          for (const { kind } of fields) {
            reader[kind]();
          }
        }).toThrow(MalformedBytes);
      }),
    );
  });

  it('throws nothing but MalformedBytes, whatever the input', () => {
    const kinds = ['u8', 'u16', 'u32', 'u48', 'u64', 'safeInteger', 'sizedBytes', 'string', 'rest'] as const;
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.constantFrom(...kinds)), (bytes, asked) => {
        const reader = new ByteReader(bytes);
        try {
          for (const kind of asked) {
            reader[kind]();
          }
          reader.expectEnd();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes);
        }
        expect(reader.remaining).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses an integer above 2^53 - 1 as a safe integer', () => {
    for (const value of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
      const bytes = encoded([{ kind: 'u64', value }]);
      expect(() => new ByteReader(bytes).safeInteger()).toThrow('the integer at byte 0 is above 2^53 - 1');
    }
  });

  it('refuses counts that are no counts', () => {
    for (const count of [-1, Number.NaN, 5, Number.POSITIVE_INFINITY]) {
      expect(() => new ByteReader(new Uint8Array(4)).bytes(count)).toThrow(MalformedBytes);
    }
  });

  it('gives views of the input, plain ones even of a Buffer', () => {
    const input = Buffer.from([9, 2, 0, 0, 0, 7, 8, 5]).subarray(1);
    const reader = new ByteReader(input);
    const sized = reader.sizedBytes();
    expect(sized.constructor).toBe(Uint8Array);
    expect([...sized]).toEqual([7, 8]);
    input[4] = 1;
    expect([...sized]).toEqual([1, 8]);
    expect([...reader.rest()]).toEqual([5]);
    expect(reader.remaining).toBe(0);
  });

  it('says how much is left where the end was expected', () => {
    expect(() => new ByteReader(new Uint8Array(3)).expectEnd()).toThrow('3 bytes follow where the end was expected');
  });
});
