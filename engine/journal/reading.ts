import { crc32c } from '../bytes/crc32c.ts';
import { changeJournal, disk, invariant } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { DiskOperation } from '../vocabulary/disk.ts';
import type { Index, Lsn, OperationId } from '../vocabulary/units.ts';
import { decodeDoubled } from './doubled.ts';
import type { LogEntry } from './entry.ts';
import { frameData, frameHeaderIs } from './frame.ts';
import type { Identifier } from './identifier.ts';
import { frameBytesOf, GROUP_BYTES, readSlot, SLOTS_PER_SECTOR } from './identifier.ts';
import { controlFile, framesFile, identifiersFile } from './names.ts';
import type { ReadPurpose, ReadResult } from './read_purpose.ts';
import type { OpenSegment, ReadTask } from './read_task.ts';
import { segmentOfIndex, segmentOfLsn } from './segments.ts';

type Search = Extract<ReadTask['stage'], { kind: 'search' }>;

/** Starts reading entries `from` … `through`, as many of them as one sector of identifiers covers; never none. */
export function readEntries(d: Draft, purpose: ReadPurpose, from: Index, through: Index): void {
  const segment = segmentOfIndex(d.journal, from);
  if (segment === undefined) throw new Error(`engine invariant broken: no segment holds entry ${from}`);
  const group = Math.floor((from - segment.firstIndex) / SLOTS_PER_SECTOR);
  const groupEnd = segment.firstIndex + (group + 1) * SLOTS_PER_SECTOR - 1;
  const last = Math.min(through, groupEnd, segment.lastIndex);
  start(d, { purpose, segment, stage: { kind: 'identifiers', group, from, through: last } }, [
    readGroup(segment, group),
  ]);
}

/** Starts looking for the record `lsn` on the disk; false when no segment can hold it. */
export function findRecord(d: Draft, purpose: ReadPurpose, lsn: Lsn): boolean {
  const segment = segmentOfLsn(d.journal, lsn);
  if (segment === undefined || segment.framesLsn === 0n) return false;
  return search(d, purpose, segment, lsn, 'record');
}

/**
 * Starts looking on the disk for the first entry that reaches `lsn`, which the caller knows the log to do. Returns its
 * index instead when that needs no reading: none of the segment that reaches it is on the disk yet.
 */
export function findPosition(d: Draft, purpose: ReadPurpose, lsn: Lsn): Index | 'searching' {
  const segment = segmentOfLsn(d.journal, lsn);
  invariant(segment !== undefined, () => `no segment reaches LSN ${lsn}`);
  return search(d, purpose, segment, lsn, 'position') ? 'searching' : segment.firstIndex;
}

/** Entries still in memory may not be on the disk yet: the caller looked there. False when that holds for all of them. */
function search(d: Draft, purpose: ReadPurpose, segment: OpenSegment, lsn: Lsn, wanted: Search['wanted']): boolean {
  const lastIndex = Math.min(segment.lastIndex, d.journal.durableIndex);
  if (lastIndex < segment.firstIndex) return false;
  const high = Math.floor((lastIndex - segment.firstIndex) / SLOTS_PER_SECTOR);
  searchGroup(d, { purpose, segment: { ...segment, lastIndex } }, { kind: 'search', lsn, wanted, low: 0, high });
  return true;
}

/** Takes what a read effect yielded. Returns the result when the task is finished. */
export function readDone(d: Draft, id: OperationId, reads: readonly Uint8Array[]): ReadResult | undefined {
  const task = d.journal.reads.get(id);
  if (task === undefined) return undefined;
  changeJournal(d, { reads: d.journal.reads.delete(id) });
  switch (task.stage.kind) {
    case 'identifiers':
      return identifiersRead(d, task, task.stage, reads[0] ?? new Uint8Array(0));
    case 'search':
      return groupSearched(d, task, task.stage, reads[0] ?? new Uint8Array(0));
    case 'bodies':
      return bodiesRead(task, task.stage.identifiers, reads);
  }
}

export function readFailed(d: Draft, id: OperationId, reason: string): ReadResult | undefined {
  const task = d.journal.reads.get(id);
  if (task === undefined) return undefined;
  changeJournal(d, { reads: d.journal.reads.delete(id) });
  return {
    purpose: task.purpose,
    outcome: 'damaged',
    file: identifiersFile(task.segment.firstIndex),
    sentence: reason,
  };
}

function start(d: Draft, task: ReadTask, operations: readonly DiskOperation[]): void {
  const id = disk(d, [operations]);
  changeJournal(d, { reads: d.journal.reads.set(id, task) });
}

function readGroup(segment: OpenSegment, group: number): DiskOperation {
  const file = identifiersFile(segment.firstIndex);
  return { op: 'read', file, offset: group * GROUP_BYTES, length: GROUP_BYTES };
}

function identifiersRead(
  d: Draft,
  task: ReadTask,
  stage: { readonly group: number; readonly from: Index; readonly through: Index },
  bytes: Uint8Array,
): ReadResult | undefined {
  const { segment } = task;
  const identifiers: Identifier[] = [];
  let bodyBytes = 0;
  for (let index = stage.from; index <= stage.through; index++) {
    const identifier = readSlot(bytes, stage.group * GROUP_BYTES, index - segment.firstIndex, index);
    if (identifier === undefined) {
      if (identifiers.length > 0) break;
      return damagedIdentifier(task, index);
    }
    bodyBytes += identifier.kind === 'record' ? frameBytesOf(identifier) : identifier.length;
    if (identifiers.length > 0 && bodyBytes > d.config.limits.appendBytesMax) break;
    identifiers.push(identifier);
  }
  readBodies(d, task, identifiers);
  return undefined;
}

function readBodies(d: Draft, task: ReadTask, identifiers: readonly Identifier[]): void {
  const operations: DiskOperation[] = [];
  for (const identifier of identifiers) {
    if (identifier.kind === 'membership') {
      operations.push({
        op: 'read',
        file: controlFile(identifier.index, identifier.term),
        offset: 0,
        length: 4 * identifier.length + 4 * GROUP_BYTES,
      });
    }
  }
  const records = identifiers.filter((identifier) => identifier.kind === 'record');
  const first = records[0];
  const last = records[records.length - 1];
  if (first !== undefined && last !== undefined) {
    const length = last.offset + frameBytesOf(last) - first.offset;
    operations.push({ op: 'read', file: framesFile(task.segment.framesLsn), offset: first.offset, length });
  }
  start(d, { ...task, stage: { kind: 'bodies', identifiers } }, operations);
}

function bodiesRead(task: ReadTask, identifiers: readonly Identifier[], reads: readonly Uint8Array[]): ReadResult {
  const frames = reads[reads.length - 1] ?? new Uint8Array(0);
  const base = identifiers.find((identifier) => identifier.kind === 'record')?.offset ?? 0;
  const entries: LogEntry[] = [];
  let control = 0;
  for (const identifier of identifiers) {
    const body =
      identifier.kind === 'membership'
        ? intactPayload(identifier, reads[control++] ?? new Uint8Array(0))
        : intactFrame(identifier, frames, base);
    if (body === undefined) {
      if (entries.length > 0) break;
      const file =
        identifier.kind === 'membership'
          ? controlFile(identifier.index, identifier.term)
          : framesFile(task.segment.framesLsn);
      const sentence = `${file}: the bytes of entry ${identifier.index} (LSN ${identifier.lsn}) are damaged`;
      return { purpose: task.purpose, outcome: 'damaged', file, sentence };
    }
    entries.push(entryOf(identifier, body));
  }
  return { purpose: task.purpose, outcome: 'entries', entries };
}

function searchGroup(d: Draft, task: Omit<ReadTask, 'stage'>, search: Omit<Search, 'group'>): void {
  const group = Math.floor((search.low + search.high) / 2);
  start(d, { ...task, stage: { ...search, group } }, [readGroup(task.segment, group)]);
}

function groupSearched(d: Draft, task: ReadTask, stage: Search, bytes: Uint8Array): ReadResult | undefined {
  const { segment, purpose } = task;
  const { group, lsn, wanted } = stage;
  const first = segment.firstIndex + group * SLOTS_PER_SECTOR;
  const last = Math.min(first + SLOTS_PER_SECTOR - 1, segment.lastIndex);
  const reachedAt = (index: Index): ReadResult =>
    wanted === 'position' ? { purpose, outcome: 'position', index } : { purpose, outcome: 'absent' };
  let previous: Identifier | undefined;
  for (let index = first; index <= last; index++) {
    const identifier = readSlot(bytes, group * GROUP_BYTES, index - segment.firstIndex, index);
    if (identifier === undefined) return damagedIdentifier(task, index);
    if (identifier.lsn >= lsn) {
      if (wanted === 'record' && identifier.lsn === lsn && identifier.kind === 'record') {
        readBodies(d, task, [identifier]);
        return undefined;
      }
      // What is looked for lies before, if it is not here; entries without a record repeat the LSN before them.
      if (previous !== undefined || group === stage.low) return reachedAt(index);
      searchGroup(d, task, { ...stage, high: group - 1 });
      return undefined;
    }
    previous = identifier;
  }
  if (group === stage.high) return reachedAt(last + 1);
  searchGroup(d, task, { ...stage, low: group + 1 });
  return undefined;
}

function damagedIdentifier(task: ReadTask, index: Index): ReadResult {
  const file = identifiersFile(task.segment.firstIndex);
  const sentence = `${file}: both copies of the identifier of entry ${index} are damaged`;
  return { purpose: task.purpose, outcome: 'damaged', file, sentence };
}

/** The frame of a record inside `frames`, which begins at `base` of its file; undefined when it is not intact. Copied. */
export function intactFrame(identifier: Identifier, frames: Uint8Array, base: number): Uint8Array | undefined {
  if (identifier.kind !== 'record') return new Uint8Array(0);
  const at = identifier.offset - base;
  const frame = copyOfBytes(frames.subarray(at, at + frameBytesOf(identifier)));
  if (!frameHeaderIs(frame, identifier.lsn, identifier.length)) return undefined;
  return crc32c(frameData(frame)) === identifier.checksum ? frame : undefined;
}

/** The payload of a membership entry from its file; undefined when it is not the one the identifier vouches for. */
export function intactPayload(identifier: Identifier, file: Uint8Array): Uint8Array | undefined {
  const payload = decodeDoubled('control', file);
  if (payload === undefined || payload.length !== identifier.length) return undefined;
  return crc32c(payload) === identifier.checksum ? copyOfBytes(payload) : undefined;
}

/** Bytes of their own, so that a small piece does not keep a large read alive. */
function copyOfBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

export function entryOf(identifier: Identifier, body: Uint8Array): LogEntry {
  return {
    index: identifier.index,
    term: identifier.term,
    kind: identifier.kind,
    lsn: identifier.lsn,
    generation: identifier.generation,
    spaceId: identifier.spaceId,
    pageNo: identifier.pageNo,
    checksum: identifier.checksum,
    body,
  };
}
