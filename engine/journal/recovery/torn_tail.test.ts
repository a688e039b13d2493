import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTHING_NOTED } from '../files/term_file.ts';
import type { Identifier } from '../identifier.ts';
import { encodeIdentifier, identifiersFileBytes, SECTOR_BYTES, SLOT_BYTES, slotOffset } from '../identifier.ts';
import type { IdentifiersFile, TailVerdict } from './torn_tail.ts';
import { judgeTail } from './torn_tail.ts';

const DISK_SECTOR_BYTES = 512;

/** Identifiers files as a history of whole writes leaves them, and which bytes the last write touched. */
interface History {
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** First index of the last write. */
  readonly lastWrite: number;
  /** First index of the write that an entry was in. */
  readonly writeOf: (index: number) => number;
  readonly files: readonly { readonly firstIndex: number; readonly before: Uint8Array; readonly after: Uint8Array }[];
}

/** Writes of several entries each; a new segment begins before each index in `breaks`. */
function history(firstIndex: number, writes: readonly number[], breaks: ReadonlySet<number>): History {
  const lastIndex = firstIndex + writes.reduce((sum, count) => sum + count, 0) - 1;
  const lastWrite = lastIndex + 1 - (writes[writes.length - 1] ?? 0);
  const begins = [firstIndex];
  for (let index = firstIndex + 1; index <= lastIndex; index++) if (breaks.has(index)) begins.push(index);
  const files = begins.map((begin, position) => {
    const end = (begins[position + 1] ?? lastIndex + 1) - 1;
    return {
      firstIndex: begin,
      before: new Uint8Array(identifiersFileBytes(Math.max(0, Math.min(end, lastWrite - 1) - begin + 1))),
      after: new Uint8Array(identifiersFileBytes(end - begin + 1)),
    };
  });
  let index = firstIndex;
  for (const count of writes) {
    for (let positionInWrite = 0; positionInWrite < count; positionInWrite++) {
      const file = last(files, (candidate) => candidate.firstIndex <= index);
      if (file === undefined) throw new Error('every index has a file');
      for (const target of index < lastWrite ? [file.before, file.after] : [file.after]) {
        const at = slotOffset(index - file.firstIndex);
        encodeIdentifier(target, at, identifierAt(index, positionInWrite));
        target.copyWithin(at + SECTOR_BYTES, at, at + SLOT_BYTES);
      }
      index += 1;
    }
  }
  const writeBegins = writes.map((_, n) => firstIndex + writes.slice(0, n).reduce((sum, count) => sum + count, 0));
  const writeOf = (at: number): number => last(writeBegins, (begin) => begin <= at) ?? firstIndex;
  return { firstIndex, lastIndex, lastWrite, writeOf, files };
}

function identifierAt(index: number, positionInWrite: number): Identifier {
  return {
    index,
    term: 1,
    kind: 'record',
    lsn: BigInt(index * 10),
    generation: 0,
    spaceId: undefined,
    pageNo: undefined,
    offset: 0,
    length: 0,
    checksum: 0,
    positionInWrite,
  };
}

/** The last write reached the platter only in the disk sectors for which `landed` says so; each file in its length too. */
function torn(world: History, landed: () => boolean): IdentifiersFile[] {
  const files: IdentifiersFile[] = [];
  for (const { firstIndex, before, after } of world.files) {
    // A file that the last write created may not be in its directory at all.
    if (before.length === 0 && !landed()) continue;
    const bytes = new Uint8Array(landed() ? after.length : before.length);
    bytes.set(before.subarray(0, bytes.length));
    for (let at = 0; at < bytes.length; at += DISK_SECTOR_BYTES) {
      if (landed()) bytes.set(after.subarray(at, Math.min(at + DISK_SECTOR_BYTES, bytes.length)), at);
    }
    files.push({ firstIndex, bytes });
  }
  return files;
}

function recoveredIndexes(verdict: TailVerdict): number[] {
  expect(verdict.kind).toBe('sound');
  if (verdict.kind !== 'sound') return [];
  return verdict.segments.flatMap((segment) => {
    expect(segment.identifiers[0]?.index).toBe(segment.firstIndex);
    return segment.identifiers.map((identifier) => identifier.index);
  });
}

/** By definition: both copies of the slot of `index` as they are on the disk are unlike what was written. */
function isLost(world: History, files: readonly IdentifiersFile[], index: number): boolean {
  const whole = last(world.files, (file) => file.firstIndex <= index);
  const found = files.find((file) => file.firstIndex === whole?.firstIndex);
  if (whole === undefined || found === undefined) return true;
  return [0, SECTOR_BYTES].every((copy) => {
    const at = slotOffset(index - whole.firstIndex) + copy;
    const is = found.bytes.subarray(at, at + SLOT_BYTES);
    const should = whole.after.subarray(at, at + SLOT_BYTES);
    return is.length !== SLOT_BYTES || is.some((byte, i) => byte !== should[i]);
  });
}

function last<T>(all: readonly T[], fits: (one: T) => boolean): T | undefined {
  return all.filter(fits).pop();
}

function range(first: number, through: number): number[] {
  return Array.from({ length: Math.max(0, through - first + 1) }, (_, i) => first + i);
}

const someHistory = fc
  .tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 50, max: 150 })), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.array(fc.nat(300), { maxLength: 4 }),
  )
  .map(([first, writes, breaks]) => history(first, writes, new Set(breaks.map((at) => first + at))));

describe('judging the tail of the log', () => {
  it('takes a log that nothing happened to as it is', () => {
    fc.assert(
      fc.property(someHistory, (world) => {
        const verdict = judgeTail(
          torn(world, () => true),
          world.firstIndex,
          NOTHING_NOTED,
        );
        expect(recoveredIndexes(verdict)).toEqual(range(world.firstIndex, world.lastIndex));
        expect(verdict).toMatchObject({ tornEntries: 0 });
      }),
    );
    expect(judgeTail([], 1, NOTHING_NOTED)).toEqual({ kind: 'sound', segments: [], tornEntries: 0, lastWriteBegin: 1 });
  });

  it('cuts a torn last write at its first lost entry, and nothing of the writes before', () => {
    fc.assert(
      fc.property(someHistory, fc.infiniteStream(fc.boolean()), (world, landed) => {
        const files = torn(world, () => landed.next().value);
        const verdict = judgeTail(files, world.firstIndex, NOTHING_NOTED);
        const lost = range(world.lastWrite, world.lastIndex).find((index) => isLost(world, files, index));
        const end = lost ?? world.lastIndex + 1;
        expect(recoveredIndexes(verdict)).toEqual(range(world.firstIndex, end - 1));
        const after = range(end, world.lastIndex).filter((index) => !isLost(world, files, index));
        expect(verdict).toMatchObject({ tornEntries: after.length });
      }),
    );
  });

  it('takes nothing for torn that was noted to be synced, as long as that is what is there', () => {
    const world = history(5, [3, 4], new Set());
    const begin = (noted: { index: number; term: number }): unknown => {
      const verdict = judgeTail(
        torn(world, () => true),
        5,
        noted,
      );
      return verdict.kind === 'sound' ? verdict.lastWriteBegin : verdict.kind;
    };
    expect(begin(NOTHING_NOTED)).toBe(8);
    expect(begin({ index: 11, term: 1 })).toBe(12);
    expect(begin({ index: 6, term: 1 })).toBe(8);
    // Another entry stands there since; or none.
    expect(begin({ index: 11, term: 2 })).toBe(8);
    expect(begin({ index: 12, term: 1 })).toBe(8);
    // Both copies of entry 9 are gone, in the last write.
    const files = torn(world, () => true);
    for (const copy of [0, SECTOR_BYTES]) files[0]?.bytes.fill(0, slotOffset(4) + copy, slotOffset(5) + copy);
    expect(recoveredIndexes(judgeTail(files, 5, NOTHING_NOTED))).toEqual([5, 6, 7, 8]);
    expect(judgeTail(files, 5, { index: 11, term: 1 }).kind).toBe('damaged');
  });

  it('bears the loss of one copy of any identifier', () => {
    fc.assert(
      fc.property(someHistory, fc.infiniteStream(fc.nat(2)), (world, choice) => {
        const files = torn(world, () => true);
        for (const { bytes } of files) {
          for (let at = 0; at + SECTOR_BYTES < bytes.length; at += 2 * SECTOR_BYTES) {
            for (let slot = at; slot < at + SECTOR_BYTES && slot + SECTOR_BYTES < bytes.length; slot += SLOT_BYTES) {
              const copy = choice.next().value;
              if (copy < 2) bytes.fill(0xff, slot + copy * SECTOR_BYTES, slot + copy * SECTOR_BYTES + 9);
            }
          }
        }
        expect(recoveredIndexes(judgeTail(files, world.firstIndex, NOTHING_NOTED))).toEqual(
          range(world.firstIndex, world.lastIndex),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('refuses rot before the last write, and never passes it for a torn tail', () => {
    fc.assert(
      fc.property(someHistory, fc.nat(), fc.boolean(), fc.infiniteStream(fc.boolean()), (world, pick, tear, landed) => {
        if (world.lastWrite === world.firstIndex) return;
        const rotten = world.firstIndex + (pick % (world.lastWrite - world.firstIndex));
        const files = torn(world, () => !tear || landed.next().value);
        const file = last(files, (candidate) => candidate.firstIndex <= rotten);
        const at = slotOffset(rotten - (file?.firstIndex ?? 0));
        file?.bytes.fill(0, at, at + 1);
        file?.bytes.fill(0xee, at + SECTOR_BYTES + 3, at + SECTOR_BYTES + 4);
        file?.bytes.fill(0xee, at + 3, at + 4);
        const verdict = judgeTail(files, world.firstIndex, NOTHING_NOTED);
        const later = range(rotten + 1, world.lastIndex).filter((index) => !isLost(world, files, index));
        if (later.some((index) => world.writeOf(index) > rotten)) {
          expect(verdict).toMatchObject({ kind: 'damaged' });
          expect(verdict).toHaveProperty('sentence', expect.stringContaining(`entry ${rotten} are damaged`));
        } else {
          // Nothing after its write is there: it looks like a torn last write. Borne, see decision 1.
          expect(recoveredIndexes(verdict)).toEqual(range(world.firstIndex, rotten - 1));
        }
      }),
    );
  });

  it('refuses a segment that is missing between others', () => {
    const world = history(1, [4, 4, 4], new Set([5, 9]));
    const files = torn(world, () => true).filter((file) => file.firstIndex !== 5);
    expect(judgeTail(files, 1, NOTHING_NOTED)).toMatchObject({ kind: 'damaged' });
    expect(judgeTail(torn(world, () => true).slice(1), 1, NOTHING_NOTED)).toMatchObject({ kind: 'damaged' });
  });

  it('ends a segment where the next one begins, whatever follows in its file', () => {
    const world = history(1, [10], new Set());
    const files = torn(world, () => true);
    const cut = judgeTail([...files, { firstIndex: 6, bytes: new Uint8Array(0) }], 1, NOTHING_NOTED);
    expect(recoveredIndexes(cut)).toEqual([1, 2, 3, 4, 5]);
    expect(cut).toMatchObject({ tornEntries: 0 });
  });
});
