import type { Index, Lsn } from '../vocabulary/units.ts';
import type { OpenSegment } from './read_task.ts';
import type { JournalState } from './state.ts';

/** How many segments the log has, sealed or not. */
function segmentCount(journal: JournalState): number {
  return journal.sealed.size + journal.full.length + (journal.current === undefined ? 0 : 1);
}

/** Segment number `ordinal`, 0 being the oldest. */
function segmentAt(journal: JournalState, ordinal: number): OpenSegment | undefined {
  const sealed = journal.sealed.size;
  if (ordinal < sealed) return journal.sealed.get(ordinal);
  return journal.full[ordinal - sealed] ?? (ordinal === sealed + journal.full.length ? journal.current : undefined);
}

export function segmentOfIndex(journal: JournalState, index: Index): OpenSegment | undefined {
  return firstSegment(journal, (segment) => segment.lastIndex >= index);
}

/** The first segment that reaches `lsn`: the only one that can hold it. */
export function segmentOfLsn(journal: JournalState, lsn: Lsn): OpenSegment | undefined {
  return firstSegment(journal, (segment) => segment.lastLsn >= lsn);
}

/** The first segment for which `reached` holds; it holds for all after the first. */
function firstSegment(journal: JournalState, reached: (segment: OpenSegment) => boolean): OpenSegment | undefined {
  let low = 0;
  let high = segmentCount(journal);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const segment = segmentAt(journal, middle);
    if (segment !== undefined && reached(segment)) high = middle;
    else low = middle + 1;
  }
  return segmentAt(journal, low);
}
