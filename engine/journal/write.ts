import { allocate } from '../bytes/allocate.ts';
import { changeJournal, disk, halt, invariant } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { DiskOperation } from '../vocabulary/disk.ts';
import type { Index } from '../vocabulary/units.ts';
import { encodeDoubled } from './doubled.ts';
import type { LogEntry } from './entry.ts';
import {
  encodeIdentifier,
  ENTRIES_PER_WRITE_MAX,
  identifiersFileBytes,
  SECTOR_BYTES,
  SLOT_BYTES,
  SLOTS_PER_SECTOR,
  slotOffset,
} from './identifier.ts';
import { dataLengthOf, endAt } from './log.ts';
import { controlFile, framesFile, identifiersFile } from './names.ts';
import type { StoredEntry } from './state.ts';

/**
 * Hands the disk what the log owes it, one log write at a time: a truncation first, then bytes for holes, then new
 * entries. While a write is in flight entries gather; its completion starts the next with all of them. That is the
 * whole of group commit: no timer adds a wait.
 */
export function flushJournal(d: Draft): void {
  const { journal } = d;
  if (journal.logWrite !== undefined) return;
  if (journal.truncateFrom !== undefined) writeTruncation(d, journal.truncateFrom);
  else if (journal.fills.length > 0) writeFills(d);
  else if (journal.writtenIndex < journal.lastIndex) writeEntries(d);
}

/** What the disk's completion of the log write made true. */
export function logWriteDone(d: Draft): void {
  const { journal } = d;
  const write = journal.logWrite;
  invariant(write !== undefined, 'a log write completed that was not in flight');
  changeJournal(d, { logWrite: undefined, writeDoneAt: d.now });
  if (write.kind === 'append') {
    // A completion for entries truncated since proves nothing about the ones now at their indexes.
    const proven = Math.min(write.lastIndex, (journal.truncateFrom ?? Number.MAX_SAFE_INTEGER) - 1);
    changeJournal(d, { durableIndex: Math.max(journal.durableIndex, proven) });
  } else if (write.kind === 'fill') {
    let { holes, tail, tailBytes } = journal;
    for (const entry of write.entries) {
      const hole = holes.get(entry.index);
      // Truncated meanwhile: nothing to fill any more.
      if (hole === undefined || hole.identifier.term !== entry.term) continue;
      holes = holes.delete(entry.index);
      tail = tail.set(entry.index, {
        entry,
        segment: hole.segment,
        framesLsn: hole.framesLsn,
        offset: hole.identifier.offset,
        recordCount: hole.recordCount,
      });
      tailBytes += entry.body.length;
      d.effects.push({ kind: 'observe', observation: { what: 'holeFilled', index: entry.index } });
    }
    changeJournal(d, { holes, tail, tailBytes });
  }
}

function writeEntries(d: Draft): void {
  const { journal, config } = d;
  const first = journal.writtenIndex + 1;
  const writes: DiskOperation[] = [];
  const syncs: DiskOperation[] = [];
  let { diskSegments } = journal;
  let run: StoredEntry[] = [];
  let bytes = 0;
  let last = first - 1;
  let newFrames = false;
  let newIdentifiers = false;
  let newControl = false;
  const closeRun = (): void => {
    const begin = run[0];
    if (begin === undefined) return;
    const known = diskSegments[diskSegments.length - 1];
    const end = run[run.length - 1] ?? begin;
    if (known?.firstIndex !== begin.segment) {
      newIdentifiers = true;
      newFrames ||= end.framesLsn !== 0n;
      diskSegments = [...diskSegments, { firstIndex: begin.segment, framesLsn: end.framesLsn }];
    } else if (known.framesLsn !== end.framesLsn) {
      newFrames = true;
      diskSegments = [...diskSegments.slice(0, -1), { firstIndex: begin.segment, framesLsn: end.framesLsn }];
    }
    writeRun(run, first, writes, syncs);
    run = [];
  };
  while (last < journal.lastIndex && last - first + 1 < ENTRIES_PER_WRITE_MAX) {
    const stored = journal.tail.get(last + 1);
    invariant(stored !== undefined, () => `entry ${last + 1} is to be written and not in memory`);
    const { entry } = stored;
    if (bytes > 0 && bytes + entry.body.length > config.limits.writeBytesMax) break;
    bytes += entry.body.length;
    if (run.length > 0 && run[0]?.segment !== stored.segment) closeRun();
    run.push(stored);
    if (entry.kind === 'membership') {
      newControl = true;
      writeControl(entry, writes, syncs);
    }
    last += 1;
  }
  closeRun();
  if (newFrames) syncs.push({ op: 'syncDirectory', directory: 'wal' });
  if (newIdentifiers) syncs.push({ op: 'syncDirectory', directory: 'identifiers' });
  if (newControl) syncs.push({ op: 'syncDirectory', directory: 'control' });
  const id = disk(d, [writes, syncs]);
  changeJournal(d, {
    writtenIndex: last,
    diskSegments,
    logWrite: { id, since: d.now, kind: 'append', lastIndex: last },
  });
}

/** Writes entries of one segment: their frames in one piece, their identifiers a piece a sector, twice. */
function writeRun(
  run: readonly StoredEntry[],
  writeFirst: Index,
  writes: DiskOperation[],
  syncs: DiskOperation[],
): void {
  const begin = run[0];
  if (begin === undefined) return;
  const chunks: Uint8Array[] = [];
  let framesLsn = 0n;
  for (const { entry, framesLsn: lsn } of run) {
    if (entry.kind !== 'record') continue;
    chunks.push(entry.body);
    framesLsn = lsn;
  }
  if (framesLsn !== 0n) {
    const file = framesFile(framesLsn);
    writes.push({ op: 'write', file, offset: begin.offset, chunks });
    syncs.push({ op: 'sync', file });
  }
  const file = identifiersFile(begin.segment);
  const firstSlot = begin.entry.index - begin.segment;
  for (let done = 0; done < run.length; ) {
    const slot = firstSlot + done;
    const count = Math.min(run.length - done, SLOTS_PER_SECTOR - (slot % SLOTS_PER_SECTOR));
    const slots = allocate(count * SLOT_BYTES);
    for (let i = 0; i < count; i++) {
      const stored = run[done + i];
      invariant(stored !== undefined, 'a run has no gaps');
      encodeIdentifier(slots, i * SLOT_BYTES, identifierOf(stored, stored.entry.index - writeFirst));
    }
    const offset = slotOffset(slot);
    writes.push({ op: 'write', file, offset, chunks: [slots] });
    writes.push({ op: 'write', file, offset: offset + SECTOR_BYTES, chunks: [slots] });
    done += count;
  }
  syncs.push({ op: 'sync', file });
}

export function identifierOf(stored: StoredEntry, positionInWrite: number): Parameters<typeof encodeIdentifier>[2] {
  const { entry, offset } = stored;
  return {
    index: entry.index,
    term: entry.term,
    kind: entry.kind,
    lsn: entry.lsn,
    generation: entry.generation,
    spaceId: entry.spaceId,
    pageNo: entry.pageNo,
    offset,
    length: dataLengthOf(entry),
    checksum: entry.checksum,
    positionInWrite,
  };
}

/** The identifier of an entry vouches for its payload file, so the file needs no rename. */
function writeControl(entry: LogEntry, writes: DiskOperation[], syncs: DiskOperation[]): void {
  const file = controlFile(entry.index, entry.term);
  writes.push({ op: 'write', file, offset: 0, chunks: [encodeDoubled('control', entry.body)] });
  syncs.push({ op: 'sync', file });
}

function writeFills(d: Draft): void {
  const { journal } = d;
  const writes: DiskOperation[] = [];
  const syncs: DiskOperation[] = [];
  const files = new Set<string>();
  for (const entry of journal.fills) {
    const hole = journal.holes.get(entry.index);
    invariant(hole !== undefined, () => `entry ${entry.index} is to be filled and is no hole`);
    if (entry.kind === 'record') {
      const file = framesFile(hole.framesLsn);
      writes.push({ op: 'write', file, offset: hole.identifier.offset, chunks: [entry.body] });
      files.add(file);
    } else if (entry.kind === 'membership') {
      writeControl(entry, writes, syncs);
    }
  }
  for (const file of files) syncs.push({ op: 'sync', file });
  // The frames file itself may have been lost with the power.
  syncs.push({ op: 'syncDirectory', directory: 'wal' }, { op: 'syncDirectory', directory: 'control' });
  const id = disk(d, [writes, syncs]);
  changeJournal(d, { fills: [], logWrite: { id, since: d.now, kind: 'fill', entries: journal.fills } });
}

/**
 * Identifiers first, synced; then frames. Whole segments go one by one from the end, so that every crash leaves a
 * gapless log; a segment that is cut in its middle is cut by the empty identifiers file that follows it. Only then are
 * its slots behind the cut cleared: they must not come back when that file is removed in its turn.
 */
function writeTruncation(d: Draft, from: Index): void {
  const { journal } = d;
  const stages: DiskOperation[][] = [];
  const cuts: DiskOperation[] = [];
  const syncs: DiskOperation[] = [];
  const segments = [...journal.diskSegments];
  let framesRemoved = false;
  let end = journal.writtenIndex;
  for (let last = segments[segments.length - 1]; last !== undefined && last.firstIndex >= from; ) {
    stages.push([{ op: 'remove', file: identifiersFile(last.firstIndex) }]);
    stages.push([{ op: 'syncDirectory', directory: 'identifiers' }]);
    if (last.framesLsn !== 0n) {
      cuts.push({ op: 'remove', file: framesFile(last.framesLsn) });
      framesRemoved = true;
    }
    end = last.firstIndex - 1;
    segments.pop();
    last = segments[segments.length - 1];
  }
  const cut = segments[segments.length - 1];
  if (cut !== undefined && end >= from) {
    const file = identifiersFile(from);
    stages.push([{ op: 'write', file, offset: 0, chunks: [] }]);
    stages.push([
      { op: 'sync', file },
      { op: 'syncDirectory', directory: 'identifiers' },
    ]);
    clearSlots(identifiersFile(cut.firstIndex), from - cut.firstIndex, cuts, syncs);
    const { framesLsn, framesBytes } = endAt(journal, from - 1);
    if (cut.framesLsn !== 0n && framesLsn === 0n) {
      cuts.push({ op: 'remove', file: framesFile(cut.framesLsn) });
      framesRemoved = true;
    } else if (cut.framesLsn !== 0n) {
      cuts.push({ op: 'truncate', file: framesFile(cut.framesLsn), size: framesBytes });
      syncs.push({ op: 'sync', file: framesFile(cut.framesLsn) });
    }
    segments.pop();
    segments.push({ firstIndex: cut.firstIndex, framesLsn }, { firstIndex: from, framesLsn: 0n });
  }
  if (framesRemoved) syncs.push({ op: 'syncDirectory', directory: 'wal' });
  const id = disk(d, [...stages, cuts, syncs]);
  changeJournal(d, {
    diskSegments: segments,
    writtenIndex: from - 1,
    truncateFrom: undefined,
    logWrite: { id, since: d.now, kind: 'truncate' },
  });
}

/** Leaves an identifiers file with its first `kept` slots, both copies of them, and nothing else. */
function clearSlots(file: string, kept: number, cuts: DiskOperation[], syncs: DiskOperation[]): void {
  const inLastSector = kept % SLOTS_PER_SECTOR;
  if (inLastSector !== 0) {
    // Between the two copies of the last sector.
    const nothing = new Uint8Array((SLOTS_PER_SECTOR - inLastSector) * SLOT_BYTES);
    cuts.push({ op: 'write', file, offset: slotOffset(kept), chunks: [nothing] });
  }
  cuts.push({ op: 'truncate', file, size: identifiersFileBytes(kept) });
  syncs.push({ op: 'sync', file });
}

/** A log write failed. It is never retried: after a failed sync the page cache is not the disk (Rebello et al., ATC '20). */
export function logWriteFailed(d: Draft, what: string): void {
  halt(d, 'fault', `the log could not be written (${what}); this replica stops, start it again when the disk is well`);
}
