import { changeAdmission } from '../draft.ts';
import { beginRound } from '../replica/read_index.ts';
import type { Draft } from '../state.ts';
import type { Index, RequestId } from '../vocabulary/units.ts';
import { close, setOpen } from './open.ts';
import { answerQuery } from './query.ts';
import type { Barrier } from './state.ts';

/**
 * Settles a request by `outcome` once everything up to `index`, and this term's first entry, is committed, and a quorum has confirmed
 * the leadership after the request came: a deposed leader judges by a dead suffix.
 */
export function addBarrier(d: Draft, request: RequestId, index: Index, outcome: Barrier['outcome']): void {
  const termStart = d.replica.leadership?.termStart ?? d.journal.lastIndex;
  const barrier = { request, round: beginRound(d), index: Math.max(index, termStart), outcome };
  changeAdmission(d, { barriers: d.admission.barriers.set(request, barrier) });
  setOpen(d, request, { at: 'barriers' });
}

/** The latest round anyone waits for; 0 when nobody does. */
export function wantedRound(d: Draft): number {
  if (d.admission.barriers.size === 0) return 0;
  let wanted = 0;
  d.admission.barriers.forEach((barrier) => {
    wanted = Math.max(wanted, barrier.round);
  });
  return wanted;
}

export function releaseBarriers(d: Draft): void {
  const { leadership, commit } = d.replica;
  if (leadership === undefined || d.admission.barriers.size === 0) return;
  const ready: Barrier[] = [];
  d.admission.barriers.forEach((barrier) => {
    if (barrier.round <= leadership.confirmedRound && barrier.index <= commit.index) ready.push(barrier);
  });
  for (const { request, outcome } of ready) {
    changeAdmission(d, { barriers: d.admission.barriers.delete(request) });
    if (outcome.kind === 'query') answerQuery(d, request, outcome.query);
    else close(d, request, { kind: 'refused', code: outcome.code, sentence: outcome.sentence, latestLsn: commit.lsn });
  }
}
