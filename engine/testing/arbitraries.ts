import fc from 'fast-check';
import { crc32c } from '../bytes/crc32c.ts';
import type { LogEntry } from '../journal/entry.ts';
import { encodeFrame } from '../journal/frame.ts';
import type { Identifier } from '../journal/identifier.ts';
import { LSN_MAX } from '../vocabulary/units.ts';
import type { Body, Message } from '../wire/message.ts';

/** Values of the engine's formats, each field over its whole range and often at its edges. */

const U32_MAX = 0xffff_ffff;
const U48_MAX = 0xffff_ffff_ffff;

export const someU32 = fc.oneof(fc.integer({ min: 0, max: U32_MAX }), fc.constantFrom(0, 1, U32_MAX));
export const someU48 = fc.oneof(
  fc.integer({ min: 0, max: 1_000 }),
  fc.maxSafeNat().map((value) => value % (U48_MAX + 1)),
  fc.constantFrom(0, 0xffff_ffff, 0x1_0000_0000, U48_MAX),
);
export const someLsn = fc.oneof(
  fc.bigInt({ min: 0n, max: LSN_MAX }),
  fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 63n, LSN_MAX),
);
export const someGeneration = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 0xffff_ffff, 0x1_0000_0000));
export const someHexId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hexOf);
/** Texts of whole Unicode characters, as replica ids and URLs are. */
export const someText = fc.string({ unit: 'binary', maxLength: 12 });

const orAbsent = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

export const someIdentifier: fc.Arbitrary<Identifier> = fc.record({
  index: someU48,
  term: someU48,
  kind: fc.constantFrom('noop', 'record', 'generation', 'membership'),
  lsn: someLsn,
  generation: someGeneration,
  spaceId: orAbsent(someU32),
  pageNo: orAbsent(someU32),
  offset: someU32,
  length: someU32,
  checksum: someU32,
  positionInWrite: fc.integer({ min: 0, max: 0xffff }),
});

/** Entries of consecutive indexes, the first at `firstIndex`. */
export function someEntries(firstIndex: number): fc.Arbitrary<readonly LogEntry[]> {
  const one = fc.record({
    term: someU48,
    kind: fc.constantFrom('noop' as const, 'record' as const, 'generation' as const, 'membership' as const),
    lsn: someLsn,
    generation: someGeneration,
    spaceId: orAbsent(someU32),
    pageNo: orAbsent(someU32),
    data: fc.uint8Array({ maxLength: 40 }),
  });
  return fc.array(one, { maxLength: 4 }).map((all) =>
    all.map(({ data, ...fields }, position): LogEntry => {
      const index = firstIndex + position;
      const { kind, lsn } = fields;
      if (kind === 'record') return { ...fields, index, checksum: crc32c(data), body: encodeFrame(lsn, data) };
      if (kind === 'membership') return { ...fields, index, checksum: crc32c(data), body: data };
      return { ...fields, index, checksum: 0, body: new Uint8Array(0) };
    }),
  );
}

const someIndex = fc.integer({ min: 0, max: 1_000_000 });

const someBody: fc.Arbitrary<Body> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    url: someText,
    urls: fc.array(someText, { maxLength: 5 }),
    founding: orAbsent(fc.uint8Array({ maxLength: 40 })),
    sessions: fc.array(someU48, { maxLength: 5 }),
    recoveredTerm: someU48,
    recoveredIndex: someU48,
    wantsReply: fc.boolean(),
  }),
  fc.record({ type: fc.constant('refuse' as const), session: someU48, sentence: someText }),
  fc.record({ type: fc.constant('preVote' as const), nextTerm: someU48, lastTerm: someU48, lastIndex: someU48 }),
  fc.record({ type: fc.constant('preVoteAnswer' as const), nextTerm: someU48, granted: fc.boolean() }),
  fc.record({ type: fc.constant('vote' as const), lastTerm: someU48, lastIndex: someU48, transfer: fc.boolean() }),
  fc.record({ type: fc.constant('voteAnswer' as const), granted: fc.boolean() }),
  someIndex.chain((previousIndex) =>
    fc.record({
      type: fc.constant('append' as const),
      previousIndex: fc.constant(previousIndex),
      previousTerm: someU48,
      commitIndex: someU48,
      round: someU48,
      entries: someEntries(previousIndex + 1),
    }),
  ),
  fc.record({
    type: fc.constant('appendAnswer' as const),
    round: someU48,
    matchIndex: someU48,
    rejected: orAbsent(fc.record({ previousIndex: someU48, hintIndex: someU48, hintTerm: someU48 })),
  }),
  fc.constant({ type: 'timeoutNow' as const }),
  fc.record({ type: fc.constant('fetch' as const), index: someU48, entryTerm: someU48 }),
  someIndex.chain((index) =>
    fc.record({
      type: fc.constant('fetchAnswer' as const),
      index: fc.constant(index),
      entryTerm: someU48,
      state: fc.constantFrom('have' as const, 'hole' as const, 'absent' as const),
      committed: fc.boolean(),
      entries: someEntries(index),
    }),
  ),
);

export const someMessage: fc.Arbitrary<Message> = fc.record({
  clusterId: orAbsent(someHexId),
  from: someText,
  fromIncarnation: someHexId,
  boot: someU48,
  session: someU48,
  toIncarnation: orAbsent(someHexId),
  term: someU48,
  body: someBody,
});

/** Every copy of `bytes` with one bit flipped, from byte `from` to before byte `to`. */
export function* singleBitFlips(bytes: Uint8Array, from = 0, to = bytes.length): IterableIterator<Uint8Array> {
  for (let bit = from * 8; bit < to * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
