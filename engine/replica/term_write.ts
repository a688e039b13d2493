import { changeIdentity, changeJournal, changeReplica, disk, halt, invariant } from '../draft.ts';
import { encodeTermFile } from '../journal/files/term_file.ts';
import { TERM_AND_VOTE_FILE } from '../journal/names.ts';
import { replaceFile } from '../journal/replace.ts';
import { noteDeadline, noteOf } from '../journal/synced_note.ts';
import type { Draft, NodeState } from '../state.ts';
import type { NodeConfig } from '../vocabulary/config.ts';
import type { Millis } from '../vocabulary/units.ts';
import { ownVoteIsDurable } from './election.ts';

const QUIET_ELECTION_TIMEOUTS = 10;

/** Puts term and vote, and what is remembered of the peers, on the disk when they changed; one write at a time. */
export function flushTerm(d: Draft): void {
  const { replica, identity } = d;
  if (replica.termWrite !== undefined) return;
  const { term, votedFor } = replica;
  const noteAt = noteDeadline(d.journal, quietMs(d.config));
  const noteIsDue = noteAt !== null && d.now >= noteAt;
  if (term === replica.durableTerm && votedFor === replica.durableVote && !identity.marksDirty && !noteIsDue) return;
  const noted = noteOf(d.journal);
  const file = encodeTermFile({ term, votedFor, marks: identity.marks, synced: noted });
  changeJournal(d, { noted });
  const id = disk(d, replaceFile(TERM_AND_VOTE_FILE, file));
  changeIdentity(d, { marksDirty: false });
  changeReplica(d, { termWrite: { id, since: d.now, term, votedFor } });
}

/** After so long without a write, writes do not come one after the other: a note of the last one is worth its price. */
function quietMs({ timing }: NodeConfig): Millis {
  return QUIET_ELECTION_TIMEOUTS * timing.electionTimeoutMs;
}

/** When `flushTerm` next has something to write though nothing else happens; null when never. */
export function termFileDeadline({ replica, journal, config }: NodeState): Millis | null {
  return replica.termWrite === undefined ? noteDeadline(journal, quietMs(config)) : null;
}

/** What waited for this term and vote may leave now, unless they have changed again. */
export function termWriteDone(d: Draft): void {
  const { replica } = d;
  const write = replica.termWrite;
  invariant(write !== undefined, 'a write of the term completed that was not in flight');
  const current = write.term === replica.term && write.votedFor === replica.votedFor;
  changeReplica(d, {
    termWrite: undefined,
    durableTerm: write.term,
    durableVote: write.votedFor,
    deferred: current ? [] : replica.deferred,
  });
  if (!current) return;
  for (const message of replica.deferred) d.effects.push({ kind: 'send', ...message });
  ownVoteIsDurable(d);
}

export function termWriteFailed(d: Draft, what: string): void {
  halt(
    d,
    'fault',
    `term and vote could not be written (${what}); this replica stops, start it again when the disk is well`,
  );
}
