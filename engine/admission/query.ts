import type { LogEntry } from '../journal/entry.ts';
import { findInMemory } from '../journal/find.ts';
import { findRecord } from '../journal/reading.ts';
import type { Draft } from '../state.ts';
import type { Answer, Query } from '../vocabulary/requests.ts';
import type { Lsn, RequestId } from '../vocabulary/units.ts';
import { close, setOpen } from './open.ts';
import { answerRange, recordOf } from './range.ts';

/** Answers a read from committed state; an older record comes back from the disk first. */
export function answerQuery(d: Draft, request: RequestId, query: Query): void {
  const { commit } = d.replica;
  setOpen(d, request, { at: 'reading' });
  if (query.kind === 'latest') {
    const { lsn, generation, recordCount } = commit;
    close(d, request, { kind: 'latest', lsn, generation, recordCount });
    return;
  }
  if (query.kind === 'range') {
    answerRange(d, request, query);
    return;
  }
  const { lsn } = query;
  if (lsn > commit.lsn || lsn < 1n) {
    close(d, request, notFound(d, lsn));
    return;
  }
  const found = findInMemory(d.journal, lsn);
  if (found.kind === 'entry') close(d, request, recordAnswer(found.entry));
  else if (found.kind === 'hole') close(d, request, holeAnswer(lsn));
  else if (found.kind === 'absent') close(d, request, notFound(d, lsn));
  else if (!findRecord(d, { kind: 'query', request, lsn }, lsn)) close(d, request, notFound(d, lsn));
}

export function notFound(d: Draft, lsn: Lsn): Answer {
  return { kind: 'notFound', lsn, latestLsn: d.replica.commit.lsn };
}

export function recordAnswer(entry: LogEntry): Answer {
  return { kind: 'record', ...recordOf(entry) };
}

/** A hole is never served: the record is there, its bytes here are not. */
export function holeAnswer(lsn: Lsn): Answer {
  return { kind: 'damaged', sentence: `record ${lsn} is damaged on this replica: ask another one` };
}
