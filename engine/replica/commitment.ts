import { changeReplica, observe } from '../draft.ts';
import { acknowledgeableIndex, endAt, logTermAt } from '../journal/log.ts';
import { quorumIndex } from '../membership/quorum.ts';
import type { Draft } from '../state.ts';
import type { Index } from '../vocabulary/units.ts';
import { configurationOf } from './members.ts';

/** The log is known to be committed up to `index`; never goes back. */
export function commitUpTo(d: Draft, index: Index): void {
  if (index <= d.replica.commit.index) return;
  const { lastLsn: lsn, generation, recordCount } = endAt(d.journal, index);
  changeReplica(d, { commit: { index, lsn, generation, recordCount } });
  observe(d, { what: 'committed', index, lsn, recordCount });
}

/**
 * What a quorum holds on its disks is committed, the leader's disk counted like any other; but an entry of an older
 * term only through one of the leader's own (Ongaro, section 3.6.2 and figure 3.7).
 */
export function advanceCommit(d: Draft): void {
  const { leadership, term, commit } = d.replica;
  // Nothing is left to commit, as after most heartbeats.
  if (leadership === undefined || commit.index === d.journal.lastIndex) return;
  const own = acknowledgeableIndex(d.journal);
  const index = quorumIndex(configurationOf(d), (id) =>
    id === d.config.replicaId ? own : (leadership.progress[id]?.matchIndex ?? 0),
  );
  if (index > commit.index && logTermAt(d.journal, index) === term) commitUpTo(d, index);
}
