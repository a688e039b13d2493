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
  // The smallest index whose LSN reaches the one looked for; holes are looked past.
  let low = first;
  let high = journal.lastIndex;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const probe = journal.tail.nextKey(middle);
    const stored = probe === undefined ? undefined : journal.tail.get(probe);
    if (stored === undefined || stored.entry.lsn >= lsn) high = middle;
    else low = (probe ?? middle) + 1;
  }
  const at = journal.tail.nextKey(low);
  const stored = at === undefined ? undefined : journal.tail.get(at);
  if (stored !== undefined && stored.entry.lsn === lsn && stored.entry.kind === 'record') {
    return { kind: 'entry', entry: stored.entry };
  }
  // The record may lie before what memory holds.
  const oldest = journal.tail.get(first);
  if (oldest !== undefined && lsn <= oldest.entry.lsn && first > 1) return { kind: 'older' };
  return { kind: 'absent' };
}
