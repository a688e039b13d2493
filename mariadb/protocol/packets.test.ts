import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePackets, PacketReader } from './packets.ts';

const LARGE = 0xff_ffff;

test('payloads come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (payloads, cuts) => {
        let sequence = 0;
        const wire = Buffer.concat(
          payloads.map((payload) => {
            const { bytes, next } = encodePackets(payload, sequence);
            sequence = next;
            return bytes;
          }),
        );
        const reader = new PacketReader(1_000);
        const found: Buffer[] = [];
        for (let at = 0; at < wire.byteLength; ) {
          const length = cuts.next().value ?? 1;
          found.push(...reader.push(wire.subarray(at, at + length)));
          at += length;
        }
        expect(found.map((payload) => Buffer.from(payload))).toEqual(payloads.map((payload) => Buffer.from(payload)));
        if (payloads.length > 0) expect(reader.sequence).toBe((payloads.length - 1) & 0xff);
      },
    ),
  );
});

test.each([LARGE - 1, LARGE, LARGE + 1, 2 * LARGE, 2 * LARGE + 5])('a payload of %i bytes', (size) => {
  const payload = Buffer.alloc(size, 7);
  const { bytes, next } = encodePackets(payload, 254);
  expect(next).toBe((254 + Math.floor(size / LARGE) + 1) & 0xff);
  const found = new PacketReader(3 * LARGE).push(bytes);
  expect(found).toHaveLength(1);
  expect(found[0]?.equals(payload)).toBe(true);
});

test('a payload that is too large is refused before it is held', () => {
  const reader = new PacketReader(100);
  expect(() => reader.push(Buffer.from([101, 0, 0, 0]))).toThrow('larger than 100 bytes');
  const parts = new PacketReader(LARGE + 10);
  parts.push(encodePackets(Buffer.alloc(LARGE), 0).bytes.subarray(0, 4 + LARGE));
  expect(() => parts.push(Buffer.from([11, 0, 0, 1]))).toThrow('larger than');
});

test('what follows a payload may be of another protocol', () => {
  const reader = new PacketReader(100);
  // As packets these would be too large.
  const foreign = Buffer.alloc(200, 0xff);
  reader.add(Buffer.concat([encodePackets(Buffer.from('last'), 1).bytes, foreign]));
  expect(String(reader.take())).toBe('last');
  expect(reader.takeRest().equals(foreign)).toBe(true);
  reader.add(encodePackets(Buffer.from('first again'), 2).bytes);
  expect(String(reader.take())).toBe('first again');
  expect(reader.take()).toBeUndefined();
});
