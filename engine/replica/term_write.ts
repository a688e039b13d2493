import { disk, halt, invariant } from '../draft.ts';
import { encodeTermFile } from '../journal/files/term_file.ts';
import { TERM_AND_VOTE_FILE } from '../journal/names.ts';
import { replaceFile } from '../journal/replace.ts';
import type { Draft } from '../state.ts';
import { ownVoteIsDurable } from './election.ts';

/** Puts term and vote, and what is remembered of the peers, on the disk when they changed; one write at a time. */
export function flushTerm(d: Draft): void {
  const { replica, identity } = d;
  if (replica.termWrite !== undefined) return;
  const { term, votedFor } = replica;
  if (term === replica.durableTerm && votedFor === replica.durableVote && !identity.marksDirty) return;
  const file = encodeTermFile({ term, votedFor, marks: identity.marks });
  const id = disk(d, replaceFile(TERM_AND_VOTE_FILE, file));
  d.identity = { ...identity, marksDirty: false };
  d.replica = { ...replica, termWrite: { id, since: d.now, term, votedFor } };
}

/** What waited for this term and vote may leave now, unless they have changed again. */
export function termWriteDone(d: Draft): void {
  const { replica } = d;
  const write = replica.termWrite;
  invariant(write !== undefined, 'a write of the term completed that was not in flight');
  const current = write.term === replica.term && write.votedFor === replica.votedFor;
  d.replica = {
    ...replica,
    termWrite: undefined,
    durableTerm: write.term,
    durableVote: write.votedFor,
    deferred: current ? [] : replica.deferred,
  };
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
