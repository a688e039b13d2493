import { changeAdmission } from '../draft.ts';
import { appendControl } from '../journal/log.ts';
import type { Draft } from '../state.ts';
import { discardTornWrite, inquireAboutHole } from './holes.ts';
import { peersOf } from './members.ts';
import { setLeadership } from './progress.ts';

/**
 * A new leader first completes its log, then begins its term with a no-op: through it, and only through an entry of
 * its own, whatever came before is committed (Ongaro, section 3.6.2).
 */
export function beginTerm(d: Draft): void {
  const { leadership, term } = d.replica;
  if (leadership === undefined || leadership.termStart !== undefined) return;
  if (d.journal.holes.size > 0) {
    if (peersOf(d).length > 0) inquireAboutHole(d, false);
    else discardTornWrite(d);
  }
  if (d.journal.holes.size > 0) return;
  let uncommittedBytes = 0;
  for (let index = d.replica.commit.index + 1; index <= d.journal.lastIndex; index++) {
    uncommittedBytes += d.journal.tail.get(index)?.entry.body.length ?? 0;
  }
  changeAdmission(d, { uncommittedBytes });
  const { lastLsn, generation } = d.journal;
  appendControl(d, 'noop', term, lastLsn, generation);
  setLeadership(d, { termStart: d.journal.lastIndex, holeInquiry: undefined });
}
