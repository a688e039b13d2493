import { invariant } from '../draft.ts';
import type { LogEntry } from '../journal/entry.ts';
import { positionInMemory } from '../journal/find.ts';
import { frameData } from '../journal/frame.ts';
import type { RangeProgress, ReadResult } from '../journal/read_purpose.ts';
import { findPosition, readEntries } from '../journal/reading.ts';
import type { Draft } from '../state.ts';
import type { RangeQuery, StoredRecord } from '../vocabulary/requests.ts';
import { type Index, LSN_MAX, type RequestId } from '../vocabulary/units.ts';
import { close } from './open.ts';

/**
 * Answers a range of records from committed state, one page: looks for where it begins, then takes entry after entry,
 * from memory what is there and the rest from the disk, a read at a time.
 */
export function answerRange(d: Draft, request: RequestId, query: RangeQuery): void {
  const { index: commitIndex, lsn: commitLsn } = d.replica.commit;
  const range: RangeProgress = { query, commitIndex, commitLsn, records: [], bytes: 0 };
  if (query.from > commitLsn || query.from > query.through) {
    answer(d, request, range, false);
    return;
  }
  const position =
    positionInMemory(d.journal, query.from) ?? findPosition(d, { kind: 'range', request, range }, query.from);
  if (position !== 'searching') gather(d, request, range, position);
}

/** A read for a range came back from the disk. */
export function rangeRead(d: Draft, request: RequestId, range: RangeProgress, result: ReadResult): void {
  // Whoever was cancelled needs no more reads.
  if (!d.admission.open.has(request)) return;
  switch (result.outcome) {
    case 'position':
      gather(d, request, range, result.index);
      return;
    case 'entries': {
      const [first] = result.entries;
      invariant(first !== undefined, 'a read of entries yields at least one');
      gather(d, request, range, first.index, result.entries);
      return;
    }
    case 'damaged':
    case 'absent':
      interrupted(d, request, range);
  }
}

/** Takes entries from `from` on: the given ones, then what memory holds; sends for the rest. */
function gather(
  d: Draft,
  request: RequestId,
  range: RangeProgress,
  from: Index,
  given: readonly LogEntry[] = [],
): void {
  const { query, commitIndex } = range;
  const records = [...range.records];
  let { bytes } = range;
  let index = from;
  for (; index <= commitIndex; index++) {
    const entry = given[index - from] ?? d.journal.tail.get(index)?.entry;
    if (entry === undefined) break;
    if (entry.lsn > query.through) {
      answer(d, request, { ...range, records, bytes }, false);
      return;
    }
    if (entry.kind !== 'record') continue;
    const record = recordOf(entry);
    const isFull = records.length >= query.countMax || bytes + record.data.length > query.bytesMax;
    if (isFull && records.length > 0) {
      answer(d, request, { ...range, records, bytes }, true);
      return;
    }
    records.push(record);
    bytes += record.data.length;
  }
  const gathered = { ...range, records, bytes };
  if (index > commitIndex) answer(d, request, gathered, false);
  else if (d.journal.holes.has(index)) interrupted(d, request, gathered);
  else {
    const inMemory = d.journal.tail.nextKey(index) ?? commitIndex + 1;
    readEntries(d, { kind: 'range', request, range: gathered }, index, Math.min(commitIndex, inMemory - 1));
  }
}

/** What comes next is damaged here. What was gathered before it is sound, and more can be had elsewhere. */
function interrupted(d: Draft, request: RequestId, range: RangeProgress): void {
  if (range.records.length > 0) answer(d, request, range, true);
  else {
    const sentence = `what the range begins with, from LSN ${range.query.from} on, is damaged on this replica: ask another one`;
    close(d, request, { kind: 'damaged', sentence });
  }
}

function answer(d: Draft, request: RequestId, { query, records, commitLsn }: RangeProgress, more: boolean): void {
  const last = records[records.length - 1]?.lsn;
  const next = last === undefined ? query.from : last < LSN_MAX ? last + 1n : undefined;
  close(d, request, { kind: 'range', records, more, next, latestLsn: commitLsn });
}

export function recordOf({ lsn, body, spaceId, pageNo }: LogEntry): StoredRecord {
  return { lsn, data: frameData(body), spaceId, pageNo };
}
