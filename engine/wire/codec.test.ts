import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../bytes/crc32c.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { singleBitFlips, someMessage } from '../testing/arbitraries.ts';
import { decodeMessage, encodeMessage } from './codec.ts';
import { describeMessage } from './describe.ts';
import type { Message } from './message.ts';

const HEARTBEAT: Message = {
  clusterId: '000102030405060708090a0b0c0d0e0f',
  from: 'r1',
  fromIncarnation: '101112131415161718191a1b1c1d1e1f',
  boot: 2,
  session: 3,
  toIncarnation: '202122232425262728292a2b2c2d2e2f',
  term: 4,
  body: { type: 'append', previousIndex: 5, previousTerm: 4, commitIndex: 5, round: 6, entries: [] },
};

/** The bytes as a peer would send them that means harm: whatever they say, their checksum is right. */
function sealed(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 4);
  bytes.set(content);
  new DataView(bytes.buffer).setUint32(content.length, crc32c(content), true);
  return bytes;
}

describe('a peer message', () => {
  it('has pinned bytes', () => {
    expect(toHex(encodeMessage(HEARTBEAT))).toBe(
      [
        '534b5001', // magic and version
        '06', // append
        '01000102030405060708090a0b0c0d0e0f', // cluster
        '02007231', // from
        '101112131415161718191a1b1c1d1e1f', // its incarnation
        '020000000000', // boot
        '030000000000', // session
        '01202122232425262728292a2b2c2d2e2f', // to
        '040000000000', // term
        '050000000000', // previous index
        '040000000000', // previous term
        '050000000000', // commit index
        '060000000000', // round
        '00000000', // entries
        'fad1be1d', // checksum
      ].join(''),
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(someMessage, (message) => {
        const bytes = encodeMessage(message);
        expect(decodeMessage(bytes)).toEqual(message);
        // Also out of the middle of a larger buffer, as a stream yields it.
        const larger = new Uint8Array(bytes.length + 7);
        larger.set(bytes, 3);
        expect(decodeMessage(larger.subarray(3, 3 + bytes.length))).toEqual(message);
        expect(describeMessage(bytes)).toMatchObject({
          type: message.body.type,
          from: message.from,
          term: message.term,
        });
      }),
    );
  });

  it('is refused with any bit flipped, cut anywhere, or with anything after it', () => {
    fc.assert(
      fc.property(someMessage, (message) => {
        const bytes = encodeMessage(message);
        for (const flipped of singleBitFlips(bytes)) expect(decodeMessage(flipped)).toBeUndefined();
        for (let length = 0; length < bytes.length; length++) {
          expect(decodeMessage(bytes.subarray(0, length))).toBeUndefined();
        }
        expect(decodeMessage(sealed(bytes))).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  it('never makes the decoder throw, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeMessage(bytes)).toBeUndefined();
        expect(describeMessage(bytes)).toBeUndefined();
      }),
    );
  });

  it('never makes the decoder throw when it was altered and sealed again', () => {
    fc.assert(
      fc.property(someMessage, fc.nat(), fc.nat(255), fc.nat(), (message, at, value, cut) => {
        const content = encodeMessage(message).slice(0, -4);
        content[at % content.length] = value;
        decodeMessage(sealed(content));
        decodeMessage(sealed(content.subarray(0, cut % content.length)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of a version or a type to come is refused', () => {
    const content = encodeMessage(HEARTBEAT).slice(0, -4);
    expect(decodeMessage(sealed(content))).toEqual(HEARTBEAT);
    for (const [at, value] of [
      [3, 2],
      [4, 11],
      [4, 255],
    ] as const) {
      const other = content.slice();
      other[at] = value;
      expect(decodeMessage(sealed(other))).toBeUndefined();
    }
  });

  it('with a record shorter than a frame is refused, not read past its end', () => {
    const entry = [
      '02',
      '00',
      '010000000000',
      '0100000000000000',
      '0000000000000000',
      '00000000',
      '00000000',
      '00000000',
    ];
    const heartbeat = toHex(encodeMessage(HEARTBEAT).slice(0, -8));
    for (let length = 0; length < 12; length++) {
      const body = `${length.toString(16).padStart(2, '0')}000000${'00'.repeat(length)}`;
      expect(decodeMessage(sealed(fromHex([heartbeat, '01000000', ...entry, body].join(''))))).toBeUndefined();
    }
  });

  it('with an entry that no replica writes is refused', () => {
    const heartbeat = toHex(encodeMessage(HEARTBEAT).slice(0, -8));
    const append = (kind: string, flags: string, body: string): unknown =>
      decodeMessage(
        sealed(fromHex([heartbeat, '01000000', kind, flags, '010000000000', '00'.repeat(28), body].join(''))),
      );
    expect(append('01', '00', '00000000')).toMatchObject({ body: { entries: [{ kind: 'noop', index: 6, term: 1 }] } });
    expect(append('00', '00', '00000000')).toBeUndefined();
    expect(append('05', '00', '00000000')).toBeUndefined();
    expect(append('01', '04', '00000000')).toBeUndefined();
    expect(append('01', '00', '01000000ff')).toBeUndefined();
    expect(append('03', '00', '01000000ff')).toBeUndefined();
  });
});
