import { changeReplica } from '../draft.ts';
import { sendToMember } from '../identity/send.ts';
import { contactOf } from '../identity/state.ts';
import { logTermAt } from '../journal/log.ts';
import { isVoter } from '../membership/configuration.ts';
import { voteResult } from '../membership/quorum.ts';
import type { Draft } from '../state.ts';
import type { Index, ReplicaId, Term } from '../vocabulary/units.ts';
import type { PreVote, PreVoteAnswer, Vote, VoteAnswer } from '../wire/message.ts';
import { diskIsStalled } from './disk_stall.ts';
import { configurationOf, peersOf, votes } from './members.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate, restartElectionTimer } from './roles.ts';

/** The election timeout has passed: ask for pre-votes, if this replica may stand at all. */
export function campaign(d: Draft): void {
  if (!votes(d) || d.shutdownBy !== undefined || diskIsStalled(d) || !mayElectFirstLeader(d)) {
    restartElectionTimer(d);
    return;
  }
  becomePreCandidate(d);
  const { lastIndex } = d.journal;
  const lastTerm = logTermAt(d.journal, lastIndex);
  for (const peer of peersOf(d)) {
    sendToMember(d, peer, { type: 'preVote', nextTerm: d.replica.term + 1, lastTerm, lastIndex });
  }
  countPreVotes(d);
}

/**
 * Before the first election every member must have shown that it is bound to this cluster: one that is not yet could
 * still found another, with whoever replaces a lost member, and then two clusters would each have a quorum.
 */
function mayElectFirstLeader(d: Draft): boolean {
  if (d.replica.term > 0) return true;
  return peersOf(d).every((peer) => contactOf(d.identity, peer)?.unfounded === false);
}

/** The leader asks this replica to stand at once. */
export function campaignForTransfer(d: Draft): void {
  if (!votes(d) || d.shutdownBy !== undefined || diskIsStalled(d)) return;
  standForElection(d, true);
}

export function handlePreVote(d: Draft, from: ReplicaId, request: PreVote): void {
  const { replica } = d;
  const granted =
    request.nextTerm > replica.term && !believesInLeader(d) && isUpToDate(d, request.lastTerm, request.lastIndex);
  sendToMember(d, from, { type: 'preVoteAnswer', nextTerm: request.nextTerm, granted });
}

export function handlePreVoteAnswer(d: Draft, from: ReplicaId, answer: PreVoteAnswer): void {
  const { replica } = d;
  if (replica.role !== 'preCandidate' || answer.nextTerm !== replica.term + 1) return;
  changeReplica(d, { votes: { ...replica.votes, [from]: answer.granted } });
  countPreVotes(d);
}

/** `request.term` is this replica's term by now. */
export function handleVote(d: Draft, from: ReplicaId, request: Vote): void {
  const { replica } = d;
  const free = replica.votedFor === undefined || replica.votedFor === from;
  const granted =
    free &&
    replica.leader === undefined &&
    isVoter(configurationOf(d), from) &&
    isUpToDate(d, request.lastTerm, request.lastIndex);
  if (granted) {
    changeReplica(d, { votedFor: from });
    restartElectionTimer(d);
  }
  sendToMember(d, from, { type: 'voteAnswer', granted });
}

export function handleVoteAnswer(d: Draft, from: ReplicaId, answer: VoteAnswer): void {
  const { replica } = d;
  if (replica.role !== 'candidate') return;
  changeReplica(d, { votes: { ...replica.votes, [from]: answer.granted } });
  countVotes(d);
}

/** Term and vote are on the disk: a candidate's own vote counts now. */
export function ownVoteIsDurable(d: Draft): void {
  const { replica, config } = d;
  if (replica.role !== 'candidate' || replica.durableTerm !== replica.term) return;
  if (replica.votes[config.replicaId] !== undefined) return;
  changeReplica(d, { votes: { ...replica.votes, [config.replicaId]: true } });
  countVotes(d);
}

/** A follower that hears from a leader does not help to depose it (Ongaro, section 4.2.3). */
export function believesInLeader(d: Draft): boolean {
  const { replica } = d;
  return replica.role === 'leader' || (replica.leader !== undefined && d.now < replica.leaderLeaseUntil);
}

/** Logs are compared by last term, then last index (Ongaro, section 3.6.1); never by LSN. Holes count as present. */
function isUpToDate(d: Draft, lastTerm: Term, lastIndex: Index): boolean {
  const ownLast = d.journal.lastIndex;
  const ownTerm = logTermAt(d.journal, ownLast);
  return lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= ownLast);
}

function countPreVotes(d: Draft): void {
  const result = voteResult(configurationOf(d), (id) => d.replica.votes[id]);
  if (result === 'won') standForElection(d, false);
  else if (result === 'lost') becomeFollower(d, d.replica.term, undefined, 'a quorum would not vote for it');
}

function standForElection(d: Draft, transferred: boolean): void {
  becomeCandidate(d, transferred);
  const { lastIndex } = d.journal;
  const lastTerm = logTermAt(d.journal, lastIndex);
  for (const peer of peersOf(d)) sendToMember(d, peer, { type: 'vote', lastTerm, lastIndex, transfer: transferred });
}

function countVotes(d: Draft): void {
  const result = voteResult(configurationOf(d), (id) => d.replica.votes[id]);
  if (result === 'won') becomeLeader(d);
  else if (result === 'lost') becomeFollower(d, d.replica.term, undefined, 'a quorum voted for others');
}
