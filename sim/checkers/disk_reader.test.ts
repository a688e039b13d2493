import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../engine/bytes/crc32c.ts';
import { encodeIdentityFile } from '../../engine/journal/files/identity_file.ts';
import { encodeManifest } from '../../engine/journal/files/manifest_file.ts';
import { encodeTermFile } from '../../engine/journal/files/term_file.ts';
import { encodeFrame } from '../../engine/journal/frame.ts';
import { encodeIdentifier, type Identifier, SECTOR_BYTES, slotOffset } from '../../engine/journal/identifier.ts';
import {
  isFrameIntact,
  readIdentity,
  readManifest,
  readSlot,
  readTermAndVote,
  slotAt,
  slotNear,
} from './disk_reader.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const identifiers: fc.Arbitrary<Identifier> = fc.record({
  index: fc.integer({ min: 1, max: 2 ** 40 }),
  term: u48,
  kind: fc.constantFrom('noop', 'record', 'generation', 'membership'),
  lsn: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  generation: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  spaceId: fc.option(u32, { nil: undefined }),
  pageNo: fc.option(u32, { nil: undefined }),
  offset: u32,
  length: u32,
  checksum: u32,
  positionInWrite: fc.integer({ min: 0, max: 65_535 }),
});

describe('the reader written from docs/format.md', () => {
  it('reads the identifiers that the engine writes, from either copy', () => {
    fc.assert(
      fc.property(identifiers, fc.integer({ min: 0, max: 200 }), fc.boolean(), (identifier, slot, second) => {
        const file = new Uint8Array(slotOffset(slot) + SECTOR_BYTES + 64);
        encodeIdentifier(file, slotOffset(slot) + (second ? SECTOR_BYTES : 0), identifier);
        expect(slotAt(slot)).toBe(slotOffset(slot));
        expect(slotNear(slotAt(slot) + (second ? SECTOR_BYTES : 0))).toBe(slot);
        const read = readSlot(file, slot, identifier.index - slot);
        expect(read).toEqual({ ...identifier, generation: BigInt(identifier.generation) });
        expect(readSlot(file, slot, identifier.index - slot + 1)).toBeUndefined();
      }),
    );
  });

  it('does not read a slot with a flipped bit', () => {
    const slot = new Uint8Array(SECTOR_BYTES + 64);
    encodeIdentifier(slot, 0, {
      index: 1,
      term: 1,
      kind: 'noop',
      lsn: 0n,
      generation: 0,
      spaceId: undefined,
      pageNo: undefined,
      offset: 0,
      length: 0,
      checksum: 0,
      positionInWrite: 0,
    });
    for (let bit = 0; bit < 64 * 8; bit++) {
      const damaged = slot.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readSlot(damaged, 0, 1)).toBeUndefined();
    }
  });

  it('tells an intact frame from another', () => {
    const data = Uint8Array.of(1, 2, 3);
    const identifier = {
      index: 1,
      term: 1,
      kind: 'record' as const,
      lsn: 7n,
      generation: 0n,
      spaceId: undefined,
      pageNo: undefined,
      offset: 2,
      length: 3,
      checksum: crc32c(data),
      positionInWrite: 0,
    };
    const file = Uint8Array.of(9, 9, ...encodeFrame(7n, data));
    expect(isFrameIntact(file, identifier)).toBe(true);
    expect(isFrameIntact(file, { ...identifier, lsn: 8n })).toBe(false);
    expect(isFrameIntact(file.subarray(0, -1), identifier)).toBe(false);
    file[file.length - 1] = 0;
    expect(isFrameIntact(file, identifier)).toBe(false);
  });

  it('reads the small files, from the second copy if the first is damaged', () => {
    const incarnation = '00112233445566778899aabbccddeeff';
    const identity = { replicaId: 'replica-1', incarnation, boot: 3, sessions: [7, 8], clusterId: undefined };
    const term = encodeTermFile({
      term: 2 ** 40,
      votedFor: 'replica-2',
      marks: [
        { replicaId: 'replica-3', boot: 1, session: 5, term: 2, acknowledgedIndex: 3 },
        { replicaId: 'b', boot: 2 ** 47, session: 5, term: 2, acknowledgedIndex: 3 },
      ],
      synced: { index: 9, term: 2 },
    });
    const bootsSeen = new Map([
      ['replica-3', 1],
      ['b', 2 ** 47],
    ]);
    const stored = { term: 2 ** 40, vote: 'replica-2', bootsSeen, synced: { index: 9, term: 2 } };
    const { sessions: _sessions, ...known } = identity;
    expect(readIdentity(encodeIdentityFile(identity))).toEqual(known);
    expect(readIdentity(encodeIdentityFile({ ...identity, clusterId: incarnation }))?.clusterId).toBe(incarnation);
    expect(readTermAndVote(term)).toEqual(stored);
    term[20] = 0xff;
    expect(readTermAndVote(term)).toEqual(stored);
    term[4096 + 20] = 0xff;
    expect(readTermAndVote(term)).toBeUndefined();
    const row = {
      firstIndex: 1,
      lastIndex: 9,
      framesLsn: 5n,
      lastLsn: 12n,
      recordCount: 4,
      framesBytes: 100,
      generation: 2,
      termSpans: [
        { term: 1, firstIndex: 1 },
        { term: 3, firstIndex: 4 },
      ],
    };
    const rows = readManifest(encodeManifest([row, { ...row, firstIndex: 10, termSpans: [] }, row]));
    expect(rows?.map(({ firstIndex }) => firstIndex)).toEqual([1, 10, 1]);
    expect(rows?.[2]).toEqual({
      firstIndex: 1,
      lastIndex: 9,
      framesLsn: 5n,
      lastLsn: 12n,
      records: 4,
      framesBytes: 100,
    });
  });
});
