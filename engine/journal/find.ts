import type { Index, Lsn } from '../vocabulary/units.ts';
import type { LogEntry } from './entry.ts';
import type { JournalState } from './state.ts';

export type Found =
  | { readonly kind: 'entry'; readonly entry: LogEntry }
  | { readonly kind: 'hole'; readonly index: Index }
  /** No record of the log has this LSN. */
  | { readonly kind: 'absent' }
  /** Older than what memory holds: the disk knows. */
  | { readonly kind: 'older' };

/** Looks for a record among the entries in memory, by binary search: LSNs never decrease along the log. */
export function findInMemory(journal: JournalState, lsn: Lsn): Found {
  const first = journal.tail.firstKey();
  if (lsn > journal.lastLsn) return { kind: 'absent' };
  let hole: Index | undefined;
  journal.holes.forEach((candidate, index) => {
    if (candidate.identifier.kind === 'record' && candidate.identifier.lsn === lsn) hole = index;
  });
  if (hole !== undefined) return { kind: 'hole', index: hole };
  if (first === undefined) return { kind: 'older' };
  const at = firstReaching(journal, first, lsn);
  const stored = at === undefined ? undefined : journal.tail.get(at);
  if (stored !== undefined && stored.entry.lsn === lsn && stored.entry.kind === 'record') {
    return { kind: 'entry', entry: stored.entry };
  }
  return mayLieBefore(journal, first, lsn) ? { kind: 'older' } : { kind: 'absent' };
}

/**
 * The index of the first entry whose LSN reaches `lsn`, which the log does: an entry in memory, or a hole. Undefined
 * when it may be older than what memory holds.
 */
export function positionInMemory(journal: JournalState, lsn: Lsn): Index | undefined {
  const first = journal.tail.firstKey();
  if (first === undefined || mayLieBefore(journal, first, lsn)) return undefined;
  let position = firstReaching(journal, first, lsn);
  // A hole has no bytes here and is a record all the same: who reads on from behind it would miss it.
  journal.holes.forEach(({ identifier }, index) => {
    if (identifier.lsn >= lsn && (position === undefined || index < position)) position = index;
  });
  return position;
}

/** The smallest index in memory whose LSN reaches the one looked for; holes are looked past. */
function firstReaching(journal: JournalState, first: Index, lsn: Lsn): Index | undefined {
  let low = first;
  let high = journal.lastIndex;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const probe = journal.tail.nextKey(middle);
    const stored = probe === undefined ? undefined : journal.tail.get(probe);
    if (stored === undefined || stored.entry.lsn >= lsn) high = middle;
    else low = (probe ?? middle) + 1;
  }
  return journal.tail.nextKey(low);
}

/** Whether what reaches `lsn` may lie before what memory holds, from `first` on. */
function mayLieBefore(journal: JournalState, first: Index, lsn: Lsn): boolean {
  const oldest = journal.tail.get(first);
  return oldest !== undefined && lsn <= oldest.entry.lsn && first > 1;
}
