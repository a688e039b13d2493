import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameParser, frameHeader } from './frames.ts';

const framed = (messages: readonly Uint8Array[]) =>
  new Uint8Array(Buffer.concat(messages.flatMap((message) => [frameHeader(message.byteLength), message])));

test('however the body is cut into pieces, the same messages come out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1 }),
      (messages, cuts) => {
        const body = framed(messages);
        const parser = new FrameParser(100);
        const parsed: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < body.byteLength; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          const piece = body.slice(at, at + size);
          expect(parser.push(piece, (message) => parsed.push(message) > 0)).toBeUndefined();
          // What was delivered is overwritten by the socket: messages must be copies.
          piece.fill(0xee);
          at += size;
        }
        expect(parsed).toEqual(messages.map((message) => new Uint8Array(message)));
        expect(parser.atBoundary).toBe(true);
      },
    ),
  );
});

test('an incomplete message is not at a boundary', () => {
  const body = framed([new Uint8Array([1, 2, 3])]);
  for (let size = 1; size < body.byteLength; size++) {
    const parser = new FrameParser(100);
    parser.push(body.subarray(0, size), () => true);
    expect(parser.atBoundary).toBe(false);
  }
});

test('a frame larger than allowed is told before its bytes arrive', () => {
  const parser = new FrameParser(100);
  expect(parser.push(frameHeader(101), () => true)).toEqual({ announcedBytes: 101 });
  expect(new FrameParser(100).push(frameHeader(100), () => true)).toBeUndefined();
});

test('parsing stops when the receiver has had enough', () => {
  const parser = new FrameParser(100);
  let seen = 0;
  parser.push(framed([new Uint8Array(1), new Uint8Array(2)]), () => ++seen < 1);
  expect(seen).toBe(1);
});
