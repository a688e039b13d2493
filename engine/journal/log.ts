import { changeJournal, invariant } from '../draft.ts';
import { appendTerm, termAt, truncateFrom } from '../replica/term_spans.ts';
import type { Draft } from '../state.ts';
import type { Generation, Index, Lsn, Term } from '../vocabulary/units.ts';
import type { LogEntry } from './entry.ts';
import { FRAME_HEADER_BYTES } from './entry.ts';
import type { SealedSegment } from './files/manifest_file.ts';
import { frameBytesOf } from './identifier.ts';
import type { OpenSegment } from './read_task.ts';
import type { JournalState, StoredEntry } from './state.ts';

/** A segment's identifiers stay readable at once, 8 MiB with both copies; and the manifest counts its terms in 16 bits. */
const SEGMENT_ENTRIES_MAX = 65_535;

/** The term of an entry, holes included; 0 at index 0. The caller guarantees `index` ≤ last. */
export function logTermAt(journal: JournalState, index: Index): Term {
  return index === 0 ? 0 : termAt(journal.termSpans, index);
}

/** The last index before the first hole: as far as this replica may answer for the bytes of its log. */
export function intactIndex(journal: JournalState): Index {
  const hole = journal.holes.firstKey();
  return hole === undefined ? journal.lastIndex : hole - 1;
}

/** As far as this replica may acknowledge: on its disk, without a hole before it. */
export function acknowledgeableIndex(journal: JournalState): Index {
  return Math.min(journal.durableIndex, intactIndex(journal));
}

/** The entries from `from` on that memory holds side by side, up to `bytesMax` bytes of bodies; the first always fits. */
export function entriesInMemory(
  journal: JournalState,
  from: Index,
  through: Index,
  bytesMax: number,
): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let bytes = 0;
  for (let index = from; index <= through; index++) {
    const entry = journal.tail.get(index)?.entry;
    if (entry === undefined) break;
    bytes += entry.body.length;
    if (entries.length > 0 && bytes > bytesMax) break;
    entries.push(entry);
  }
  return entries;
}

/** Adds entries, whose indexes follow the last one, to the log in memory; `flush` writes them. */
export function appendToLog(d: Draft, entries: readonly LogEntry[]): void {
  const { journal, config } = d;
  let { full, current, termSpans, lastIndex, lastLsn, recordCount } = journal;
  const run: StoredEntry[] = [];
  let addedBytes = 0;
  for (const entry of entries) {
    const { index, lsn, body } = entry;
    const isRecord = entry.kind === 'record';
    const before = lastIndex;
    const lsnBefore = lastLsn;
    invariant(index === before + 1, () => `entry ${index} does not follow ${before}`);
    if (isRecord) {
      invariant(lsn > lsnBefore, () => `LSN ${lsn} of entry ${index} is not above ${lsnBefore}`);
      recordCount += 1;
    }
    if (current !== undefined && isFull(current, isRecord, config.segmentBytes)) {
      full = [...full, current];
      current = undefined;
    }
    current ??= beginSegment(index);
    const { firstIndex, framesBytes: offset } = current;
    const framesLsn = isRecord && current.framesLsn === 0n ? lsn : current.framesLsn;
    run.push({ entry, segment: firstIndex, framesLsn, offset, recordCount });
    current = {
      firstIndex,
      lastIndex: index,
      framesLsn,
      framesBytes: offset + (isRecord ? body.length : 0),
      lastLsn: lsn,
      generation: entry.generation,
      recordCount,
    };
    addedBytes += body.length;
    termSpans = appendTerm(termSpans, index, entry.term);
    lastIndex = index;
    lastLsn = lsn;
  }
  const tail = journal.tail.setRun(journal.lastIndex + 1, run);
  const tailBytes = journal.tailBytes + addedBytes;
  const generation = entries[entries.length - 1]?.generation ?? journal.generation;
  changeJournal(d, { full, current, tail, tailBytes, termSpans, lastIndex, lastLsn, generation, recordCount });
}

/** Appends an entry without bytes: a term's no-op, or a raised generation. */
export function appendControl(
  d: Draft,
  kind: 'noop' | 'generation',
  term: Term,
  lsn: Lsn,
  generation: Generation,
): void {
  const index = d.journal.lastIndex + 1;
  const body = new Uint8Array(0);
  appendToLog(d, [{ index, term, kind, lsn, generation, spaceId: undefined, pageNo: undefined, checksum: 0, body }]);
}

/**
 * Forgets the entries from `from` on, in memory at once; on the disk identifiers first, then frames, before anything is
 * written in their place. What is appended next begins a segment of its own: its empty identifiers file is what cuts
 * the segment before it, atomically.
 */
export function truncateLog(d: Draft, from: Index): void {
  const { journal } = d;
  const last = from - 1;
  const end = endAt(journal, last);
  let { tailBytes } = journal;
  journal.tail.forEach((stored, index) => {
    if (index >= from) tailBytes -= stored.entry.body.length;
  });
  const kept = [...journal.full, ...(journal.current === undefined ? [] : [journal.current])]
    .filter((segment) => segment.firstIndex <= last)
    .map((segment) => (segment.lastIndex > last ? { firstIndex: segment.firstIndex, ...end } : segment));
  changeJournal(d, {
    full: kept,
    current: undefined,
    tail: journal.tail.deleteFrom(from),
    tailBytes,
    termSpans: truncateFrom(journal.termSpans, from),
    lastIndex: last,
    lastLsn: end.lastLsn,
    generation: end.generation,
    recordCount: end.recordCount,
    holes: journal.holes.deleteFrom(from),
    fills: journal.fills.filter((entry) => entry.index < from),
    durableIndex: Math.min(journal.durableIndex, last),
    truncateFrom: from <= journal.writtenIndex ? Math.min(from, journal.truncateFrom ?? from) : journal.truncateFrom,
    writtenIndex: journal.writtenIndex,
  });
}

/**
 * Drops old entries from memory once there are too many of them. Everything from the committed, durable end on stays: a
 * truncation needs to know where the entry before it ends.
 */
export function trimTail(d: Draft, commitIndex: Index): void {
  const { journal } = d;
  const { tailEntriesMax, tailBytesMax } = d.config.limits;
  // A quarter of slack, so that trimming is rare.
  if (journal.tail.size * 4 <= tailEntriesMax * 5 && journal.tailBytes * 4 <= tailBytesMax * 5) return;
  // Nor anything behind a hole: what memory holds has no other gaps, and whoever searches it relies on that.
  const keepFrom = Math.min(commitIndex, journal.durableIndex, journal.holes.firstKey() ?? Number.MAX_SAFE_INTEGER);
  let { tailBytes } = journal;
  let count = journal.tail.size;
  let index = journal.tail.firstKey();
  while (index !== undefined && index < keepFrom && (count > tailEntriesMax || tailBytes > tailBytesMax)) {
    tailBytes -= journal.tail.get(index)?.entry.body.length ?? 0;
    count -= 1;
    index = journal.tail.nextKey(index + 1);
  }
  if (count === journal.tail.size) return;
  changeJournal(d, { tailBytes, tail: journal.tail.deleteBelow(index ?? keepFrom) });
}

/** What was in force right after entry `index`, and where its frame ends: from memory, which holds it (or its hole). */
export function endAt(journal: JournalState, index: Index): Omit<OpenSegment, 'firstIndex'> {
  if (index === 0) return { lastIndex: 0, framesLsn: 0n, framesBytes: 0, lastLsn: 0n, generation: 0, recordCount: 0 };
  const stored = journal.tail.get(index);
  if (stored !== undefined) {
    const { entry } = stored;
    return {
      lastIndex: index,
      framesLsn: stored.framesLsn,
      framesBytes: stored.offset + (entry.kind === 'record' ? entry.body.length : 0),
      lastLsn: entry.lsn,
      generation: entry.generation,
      recordCount: stored.recordCount,
    };
  }
  const hole = journal.holes.get(index);
  if (hole !== undefined) {
    return {
      lastIndex: index,
      framesLsn: hole.framesLsn,
      framesBytes: hole.identifier.offset + frameBytesOf(hole.identifier),
      lastLsn: hole.identifier.lsn,
      generation: hole.identifier.generation,
      recordCount: hole.recordCount,
    };
  }
  const sealed = lastSealed(journal);
  invariant(sealed !== undefined && sealed.lastIndex === index, () => `entry ${index} is not in memory`);
  return sealed;
}

function lastSealed(journal: JournalState): SealedSegment | undefined {
  return journal.sealed.get(journal.sealed.size - 1);
}

function isFull(segment: OpenSegment, recordComes: boolean, segmentBytes: number): boolean {
  if (segment.lastIndex - segment.firstIndex + 1 >= SEGMENT_ENTRIES_MAX) return true;
  if (!recordComes) return false;
  return segmentBytes === 0 ? segment.framesLsn !== 0n : segment.framesBytes >= segmentBytes;
}

function beginSegment(firstIndex: Index): OpenSegment {
  return {
    firstIndex,
    lastIndex: firstIndex - 1,
    framesLsn: 0n,
    framesBytes: 0,
    lastLsn: 0n,
    generation: 0,
    recordCount: 0,
  };
}

/** Bytes of data or payload in an entry's body, as its identifier states it. */
export function dataLengthOf(entry: LogEntry): number {
  return entry.kind === 'record' ? entry.body.length - FRAME_HEADER_BYTES : entry.body.length;
}
