import { changeReplica, observe } from '../draft.ts';
import { setMark } from '../identity/handshake.ts';
import type { Draft } from '../state.ts';
import type { ReplicaId } from '../vocabulary/units.ts';
import type { Message } from '../wire/message.ts';
import {
  believesInLeader,
  campaignForTransfer,
  handlePreVote,
  handlePreVoteAnswer,
  handleVote,
  handleVoteAnswer,
} from './election.ts';
import { handleAppend } from './follow.ts';
import { handleFetch, handleFetchAnswer } from './holes.ts';
import { handleAppendAnswer } from './replicate.ts';
import { becomeFollower, drawElectionDeadline } from './roles.ts';
import { sendToMember } from '../identity/send.ts';

/** A member's message, whose sender is who it says it is. Terms first, then what it says (Ongaro, figure 3.1). */
export function receiveFromMember(d: Draft, message: Message): void {
  const { from, term, body } = message;
  noteTerm(d, message);
  if (body.type === 'preVote') {
    handlePreVote(d, from, body);
    return;
  }
  // A pre-vote moves nobody to another term, so whoever grants one may still be in an older term than the candidate.
  if (body.type === 'preVoteAnswer' && term < d.replica.term) {
    handlePreVoteAnswer(d, from, body);
    return;
  }
  if (term < d.replica.term) {
    // A leader of an older term must hear of this one, or it would go on for ever (etcd: a stuck candidate freed).
    if (body.type === 'append' || body.type === 'fetch') answerOldLeader(d, from);
    if (body.type === 'vote') sendToMember(d, from, { type: 'voteAnswer', granted: false });
    return;
  }
  if (term > d.replica.term && !enterTerm(d, message)) return;
  switch (body.type) {
    case 'hello':
    case 'refuse':
      return;
    case 'preVoteAnswer':
      handlePreVoteAnswer(d, from, body);
      return;
    case 'vote':
      handleVote(d, from, body);
      return;
    case 'voteAnswer':
      handleVoteAnswer(d, from, body);
      return;
    case 'append':
      if (followLeader(d, from)) handleAppend(d, from, body);
      return;
    case 'appendAnswer':
      handleAppendAnswer(d, from, body);
      return;
    case 'timeoutNow':
      if (d.replica.leader === from) campaignForTransfer(d);
      return;
    case 'fetch':
      if (followLeader(d, from)) handleFetch(d, from, body);
      return;
    case 'fetchAnswer':
      handleFetchAnswer(d, from, body);
      return;
  }
}

/** Remembers the furthest term a peer was seen in: it was on its disk before the message left. */
function noteTerm(d: Draft, message: Message): void {
  const mark = d.identity.marks.find((candidate) => candidate.replicaId === message.from);
  if (mark !== undefined && mark.term >= message.term) return;
  setMark(d, {
    replicaId: message.from,
    boot: message.boot,
    session: message.session,
    term: message.term,
    acknowledgedIndex: 0,
  });
}

/** Moves to the message's later term; false when the message is to be ignored, term and all. */
function enterTerm(d: Draft, message: Message): boolean {
  const { from, term, body } = message;
  // Whoever hears from a leader lets nobody disturb it, unless the leader itself asked for the election.
  if (body.type === 'vote' && !body.transfer && believesInLeader(d)) return false;
  const leader = body.type === 'append' || body.type === 'fetch' ? from : undefined;
  becomeFollower(d, term, leader, `${from} is in term ${term}`);
  return true;
}

/** Takes the sender for the leader of this term; false when that cannot be. */
function followLeader(d: Draft, from: ReplicaId): boolean {
  const { replica } = d;
  if (replica.role === 'leader' || (replica.leader !== undefined && replica.leader !== from)) {
    const sentence = `${from} claims to lead term ${replica.term}, which ${replica.leader} leads`;
    observe(d, { what: 'messageDropped', sentence });
    return false;
  }
  if (replica.role !== 'follower' || replica.leader !== from) {
    becomeFollower(d, replica.term, from, `${from} leads term ${replica.term}`);
  }
  changeReplica(d, {
    leaderLeaseUntil: d.now + d.config.timing.electionTimeoutMs,
    electionDeadline: drawElectionDeadline(d),
  });
  return true;
}

function answerOldLeader(d: Draft, from: ReplicaId): void {
  sendToMember(d, from, { type: 'appendAnswer', round: 0, matchIndex: 0, rejected: undefined });
}
