import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { makeEntry } from '../testing/entries.ts';
import { CrashDisk } from '../testing/crash_disk.ts';
import { LoneNode } from '../testing/lone_node.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Draft } from '../state.ts';
import type { LogEntry } from './entry.ts';
import { slotOffset } from './identifier.ts';
import { appendToLog } from './log.ts';
import type { ReadPurpose, ReadResult } from './read_purpose.ts';
import { findRecord, readDone, readEntries } from './reading.ts';
import { segmentOfLsn } from './segments.ts';
import { flushJournal } from './write.ts';

const PURPOSE: ReadPurpose = { kind: 'query', request: 1, lsn: 1n };

/** The log of entries 2 to `last`: a record at every third index, LSNs in steps of ten, no-ops between. */
function entryAt(index: number): LogEntry {
  const isRecord = index % 3 === 0;
  const lsn = BigInt(Math.floor(index / 3) * 10);
  const term = 1 + Math.floor(index / 100);
  if (!isRecord) return makeEntry({ index, term, lsn, data: undefined });
  return makeEntry({ index, term, lsn, data: new Uint8Array(index % 7).fill(index), spaceId: index });
}

function nodeWith(last: number, segmentBytes: number): LoneNode {
  const node = new LoneNode({ segmentBytes, limits: { ...DEFAULT_LIMITS, appendBytesMax: 300 } });
  node.workAll();
  node.change((d) => {
    appendToLog(
      d,
      Array.from({ length: last - 1 }, (_, i) => entryAt(i + 2)),
    );
    flushJournal(d);
  });
  node.workAll();
  return node;
}

/** Runs a read of the journal to its end on the disk as it is. Undefined: it was not even begun. */
function read(node: LoneNode, begin: (d: Draft) => unknown, disk = node.disk): ReadResult | undefined {
  const d: Draft = { ...node.state, effects: [] };
  if (begin(d) === false) return undefined;
  for (let effects = 0; effects < 50; effects++) {
    const effect = d.effects.shift();
    if (effect?.kind !== 'disk') throw new Error('a read wants a disk effect');
    const reads: Uint8Array[] = [];
    for (const operation of effect.stages.flat()) reads.push(disk.perform(operation) ?? new Uint8Array(0));
    const result = readDone(d, effect.id, reads);
    if (result !== undefined) {
      expect(d.journal.reads.size).toBe(0);
      return result;
    }
  }
  throw new Error('the read does not end');
}

/** The same disk with some bytes of a file turned over. */
function damaged(node: LoneNode, file: string, ...offsets: number[]): CrashDisk {
  const disk = new CrashDisk();
  for (const [name, bytes] of node.disk.platter()) {
    const copy = bytes.slice();
    if (name === file) for (const at of offsets) copy[at] = (copy[at] ?? 0) ^ 0xff;
    disk.place(name, copy);
  }
  return disk;
}

const shown = (entry: LogEntry): object => ({ ...entry, body: toHex(entry.body) });

describe('older entries', () => {
  const LAST = 400;

  it.each([0, 150, 1_000_000])('come back as they were, from wherever, in segments of %i bytes', (segmentBytes) => {
    const node = nodeWith(LAST, segmentBytes);
    for (let from = 2; from <= LAST; from += 7) {
      const through = Math.min(LAST, from + 90);
      const result = read(node, (d) => readEntries(d, PURPOSE, from, through));
      if (result?.outcome !== 'entries') throw new Error('they are there');
      expect(result.entries.length).toBeGreaterThan(0);
      expect(result.entries.length).toBeLessThanOrEqual(through - from + 1);
      expect(result.entries.map(shown)).toEqual(result.entries.map((_, i) => shown(entryAt(from + i))));
    }
    const first = read(node, (d) => readEntries(d, PURPOSE, 1, 1));
    expect(first).toMatchObject({ outcome: 'entries', entries: [{ index: 1, kind: 'membership' }] });
  });

  it('are bounded by bytes, and never none', () => {
    const node = nodeWith(LAST, 1_000_000);
    const bounded: LoneNode = Object.assign(Object.create(LoneNode.prototype) as LoneNode, node, {
      state: { ...node.state, config: { ...node.config, limits: { ...DEFAULT_LIMITS, appendBytesMax: 0 } } },
    });
    const result = read(bounded, (d) => readEntries(d, PURPOSE, 6, LAST));
    expect(result).toMatchObject({ outcome: 'entries' });
    expect(result?.outcome === 'entries' && result.entries[0]?.index).toBe(6);
  });

  it('are never wrong: a flipped byte ends what is read, or is said', () => {
    const node = nodeWith(12, 1_000_000);
    const frames = node.disk.platter().get('wal/wal_10') ?? new Uint8Array(0);
    for (let at = 0; at < frames.length; at++) {
      const disk = damaged(node, 'wal/wal_10', at);
      const result = read(node, (d) => readEntries(d, PURPOSE, 3, 12), disk);
      if (result?.outcome === 'entries') {
        expect(result.entries.map(shown)).toEqual(result.entries.map((_, i) => shown(entryAt(3 + i))));
        expect(result.entries.length).toBeLessThan(10);
      } else {
        expect(result).toMatchObject({ outcome: 'damaged', file: 'wal/wal_10' });
      }
    }
  });

  it('bear one lost copy of an identifier, not two', () => {
    const node = nodeWith(12, 1_000_000);
    const at = slotOffset(5);
    const file = 'identifiers/identifiers_1';
    for (const copies of [[at], [at + 4096]]) {
      const result = read(node, (d) => readEntries(d, PURPOSE, 6, 6), damaged(node, file, ...copies));
      expect(result).toMatchObject({ outcome: 'entries', entries: [{ index: 6, lsn: 20n }] });
    }
    const lost = damaged(node, file, at, at + 4096);
    expect(read(node, (d) => readEntries(d, PURPOSE, 6, 9), lost)).toMatchObject({ outcome: 'damaged', file });
    expect(read(node, (d) => readEntries(d, PURPOSE, 4, 9), lost)).toMatchObject({
      outcome: 'entries',
      entries: [{ index: 4 }, { index: 5 }],
    });
  });
});

describe('finding a record on the disk', () => {
  const LAST = 700;

  it.each([0, 150, 1_000_000])('finds each, and none between, in segments of %i bytes', (segmentBytes) => {
    const node = nodeWith(LAST, segmentBytes);
    for (let lsn = 10n; lsn <= 2330n; lsn += 10n) {
      const result = read(node, (d) => findRecord(d, PURPOSE, lsn));
      expect(result).toMatchObject({ outcome: 'entries' });
      if (result?.outcome === 'entries') expect(result.entries.map(shown)).toEqual([shown(entryAt(Number(lsn) * 0.3))]);
      if (lsn % 50n !== 0n) continue;
      for (const other of [lsn - 1n, lsn + 1n]) {
        expect(read(node, (d) => findRecord(d, PURPOSE, other))?.outcome ?? 'absent').toBe('absent');
      }
    }
    expect(read(node, (d) => findRecord(d, PURPOSE, 2331n))).toBeUndefined();
  });

  it('finds a record with a whole sector of no-ops right after it', () => {
    const node = new LoneNode({ segmentBytes: 1_000_000 });
    node.workAll();
    const noop = (index: number): LogEntry => ({ ...entryAt(1), index, term: 1, lsn: index < 66 ? 0n : 660n });
    node.change((d) => {
      const entries = Array.from({ length: 399 }, (_, i) =>
        i + 2 === 66 ? { ...entryAt(198), index: 66, term: 1 } : noop(i + 2),
      );
      appendToLog(d, entries);
      flushJournal(d);
    });
    node.workAll();
    expect(read(node, (d) => findRecord(d, PURPOSE, 660n))).toMatchObject({
      outcome: 'entries',
      entries: [{ index: 66 }],
    });
    expect(read(node, (d) => findRecord(d, PURPOSE, 659n))).toMatchObject({ outcome: 'absent' });
  });

  it('says that it cannot know when identifiers it needs are lost', () => {
    const node = nodeWith(100, 1_000_000);
    const file = 'identifiers/identifiers_1';
    const lost = damaged(node, file, slotOffset(29), slotOffset(29) + 4096);
    expect(segmentOfLsn(node.state.journal, 100n)?.firstIndex).toBe(1);
    for (let lsn = 10n; lsn <= 330n; lsn += 1n) {
      const result = read(node, (d) => findRecord(d, PURPOSE, lsn), lost);
      if (result?.outcome === 'entries') expect(result.entries.map(shown)).toEqual([shown(entryAt(Number(lsn) * 0.3))]);
      else if (lsn % 10n === 0n) expect(result).toMatchObject({ outcome: 'damaged', file });
    }
  });

  it('does not look where entries are not on the disk yet', () => {
    const node = new LoneNode();
    node.workAll();
    node.change((d) =>
      appendToLog(
        d,
        [entryAt(3)].map((entry) => ({ ...entry, index: 2 })),
      ),
    );
    expect(read(node, (d) => findRecord(d, PURPOSE, 10n))?.outcome ?? 'absent').toBe('absent');
  });
});
