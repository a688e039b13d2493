import { changeReplica } from '../draft.ts';
import { intactIndex } from '../journal/log.ts';
import type { Draft } from '../state.ts';
import type { Index, ReplicaId } from '../vocabulary/units.ts';
import { changedLeadership, changedProgress, type Leadership, type Progress } from './state.ts';

/** A follower of which nothing is known yet. */
export function freshProgress(nextIndex: Index): Progress {
  return {
    state: 'probe',
    matchIndex: 0,
    nextIndex,
    inflight: [],
    probing: false,
    active: false,
    round: 0,
    reading: false,
    behindSince: undefined,
    toldCommit: 0,
  };
}

export function setLeadership(d: Draft, change: Partial<Leadership>): void {
  const { leadership } = d.replica;
  if (leadership === undefined) return;
  changeReplica(d, { leadership: changedLeadership(leadership, change) });
}

export function setProgress(d: Draft, replicaId: ReplicaId, change: Partial<Progress>): void {
  const before = d.replica.leadership?.progress[replicaId];
  if (before !== undefined) putProgress(d, replicaId, changedProgress(before, change));
}

export function putProgress(d: Draft, replicaId: ReplicaId, one: Progress): void {
  const progress: Record<ReplicaId, Progress> = Object.assign({}, d.replica.leadership?.progress);
  progress[replicaId] = one;
  setLeadership(d, { progress });
}

/** A peer's process began anew: what it acknowledged may be a hole now, and what was in flight is gone. */
export function peerRestarted(d: Draft, replicaId: ReplicaId): void {
  const progress = d.replica.leadership?.progress[replicaId];
  if (progress === undefined) return;
  setProgress(d, replicaId, { ...freshProgress(intactIndex(d.journal) + 1), behindSince: progress.behindSince });
}
