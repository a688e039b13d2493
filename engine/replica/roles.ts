import { abandonRequests } from '../admission/abandon.ts';
import { changeReplica, invariant, observe } from '../draft.ts';
import { acknowledgeableIndex, intactIndex } from '../journal/log.ts';
import { nextBelow } from '../random/generator.ts';
import type { Draft } from '../state.ts';
import type { Millis, ReplicaId, Term } from '../vocabulary/units.ts';
import { peersOf } from './members.ts';
import { freshProgress } from './progress.ts';
import type { Progress } from './state.ts';

/** A new random election timeout, from one to two times the configured one (Ongaro, section 3.4). */
export function restartElectionTimer(d: Draft): void {
  changeReplica(d, { electionDeadline: drawElectionDeadline(d) });
}

/** When an election timer that is started now runs out. */
export function drawElectionDeadline(d: Draft): Millis {
  const { electionTimeoutMs } = d.config.timing;
  const drawn = nextBelow(d.random, electionTimeoutMs);
  d.random = drawn.generator;
  return d.now + electionTimeoutMs + drawn.value;
}

/**
 * Follows `leader` (or nobody yet) in `term`, which is this replica's or a later one. Only a later term forgets the
 * vote: within one term a vote is for good.
 */
export function becomeFollower(d: Draft, term: Term, leader: ReplicaId | undefined, why: string): void {
  const { replica } = d;
  invariant(term >= replica.term, () => `the term would go back from ${replica.term} to ${term}`);
  const wasLeader = replica.leadership !== undefined;
  const changed = replica.role !== 'follower' || replica.leader !== leader || term !== replica.term;
  const newTerm = term > replica.term;
  changeReplica(d, {
    role: 'follower',
    term,
    leader,
    votedFor: newTerm ? undefined : replica.votedFor,
    deferred: newTerm ? [] : replica.deferred,
    votes: {},
    transferred: false,
    // A leader's log holds whatever is committed, so that much is known to be shared with any leader.
    verifiedIndex: newTerm || wasLeader ? replica.commit.index : replica.verifiedIndex,
    leaderRound: newTerm ? 0 : replica.leaderRound,
    acknowledgedIndex: newTerm ? 0 : replica.acknowledgedIndex,
    leadership: undefined,
  });
  if (wasLeader || replica.role !== 'follower') restartElectionTimer(d);
  if (wasLeader) abandonRequests(d);
  if (changed) observe(d, { what: 'roleChanged', role: 'follower', term, leader, why });
}

/** Asks whether an election could be won, before it disturbs anyone with a new term (Ongaro, section 9.6). */
export function becomePreCandidate(d: Draft): void {
  const { replica, config } = d;
  changeReplica(d, {
    role: 'preCandidate',
    leader: undefined,
    votes: { [config.replicaId]: true },
    transferred: false,
  });
  restartElectionTimer(d);
  const why = 'no leader was heard from';
  observe(d, { what: 'roleChanged', role: 'preCandidate', term: replica.term, leader: undefined, why });
}

/** Stands in a new term. Its own vote counts once it is on the disk, and nobody is asked before. */
export function becomeCandidate(d: Draft, transferred: boolean): void {
  const { replica, config } = d;
  const term = replica.term + 1;
  changeReplica(d, {
    role: 'candidate',
    term,
    votedFor: config.replicaId,
    leader: undefined,
    deferred: [],
    votes: {},
    transferred,
    verifiedIndex: replica.commit.index,
    leaderRound: 0,
    acknowledgedIndex: 0,
  });
  restartElectionTimer(d);
  const why = transferred ? 'the leader handed over' : 'a quorum would vote for it';
  observe(d, { what: 'roleChanged', role: 'candidate', term, leader: undefined, why });
}

export function becomeLeader(d: Draft): void {
  const { replica, config, journal } = d;
  invariant(replica.role === 'candidate', () => `a ${replica.role} cannot become leader`);
  const progress: Record<ReplicaId, Progress> = {};
  for (const peer of peersOf(d)) progress[peer] = freshProgress(intactIndex(journal) + 1);
  changeReplica(d, {
    role: 'leader',
    leader: config.replicaId,
    votes: {},
    behindSince: undefined,
    leadership: {
      progress,
      termStart: undefined,
      holeInquiry: undefined,
      // Its no-op, or its questions about a hole, go out in this very step.
      heartbeatDeadline: d.now + config.timing.heartbeatMs,
      quorumDeadline: d.now + config.timing.electionTimeoutMs,
      notice: undefined,
      handoverAt: d.now,
      round: 0,
      confirmedRound: 0,
    },
  });
  const why = `elected with its log at ${journal.lastIndex}, durable to ${acknowledgeableIndex(journal)}`;
  observe(d, { what: 'roleChanged', role: 'leader', term: replica.term, leader: config.replicaId, why });
}
