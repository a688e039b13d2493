import { cancelRequest } from './admission/abandon.ts';
import { addBarrier, releaseBarriers, wantedRound } from './admission/barriers.ts';
import { heldDeadline } from './admission/held.ts';
import { crowded, obstacleToLeading, unavailable } from './admission/obstacle.ts';
import { close, notLeader, setOpen } from './admission/open.ts';
import { expireHeld, propose } from './admission/propose.ts';
import { answerQuery, holeAnswer, notFound, recordAnswer } from './admission/query.ts';
import { rangeRead } from './admission/range.ts';
import { releaseCommitted, settleUncommitted } from './admission/release.ts';
import { initialAdmission } from './admission/state.ts';
import { judgeStored } from './admission/stored.ts';
import { observe } from './draft.ts';
import { continueFounding, considerFounding, foundingDone, foundingFailed } from './identity/founding.ts';
import { greetPeers, hasSilentPeers } from './identity/hello.ts';
import { receive } from './identity/receive.ts';
import { initialIdentity } from './identity/state.ts';
import { emptyJournal } from './journal/empty.ts';
import { trimTail } from './journal/log.ts';
import type { ReadResult } from './journal/read_purpose.ts';
import { readDone, readFailed } from './journal/reading.ts';
import { beginRecovery, continueRecovery, isRecoveryOperation, recoveryFailed } from './journal/recovery/recover.ts';
import { sealingDone, sealingFailed, sealSegments } from './journal/seal.ts';
import { flushJournal, logWriteDone, logWriteFailed } from './journal/write.ts';
import { mixEntropy, seedGenerator } from './random/generator.ts';
import { noticeCommit } from './replica/commit_notice.ts';
import { advanceCommit } from './replica/commitment.ts';
import { acknowledgeProgress } from './replica/follow.ts';
import { fetchRead } from './replica/holes.ts';
import { beginTerm } from './replica/lead.ts';
import { advanceRounds } from './replica/read_index.ts';
import { receiveFromMember } from './replica/receive.ts';
import { catchUpFailed, catchUpRead, replicate } from './replica/replicate.ts';
import { restartElectionTimer } from './replica/roles.ts';
import { initialReplica } from './replica/state.ts';
import { flushTerm, termFileDeadline, termWriteDone, termWriteFailed } from './replica/term_write.ts';
import { replicaDeadline, tickReplica } from './replica/tick.ts';
import { beginShutdown, continueShutdown } from './replica/transfer.ts';
import { enterService } from './start.ts';
import type { Draft, NodeState } from './state.ts';
import type { NodeConfig } from './vocabulary/config.ts';
import type { Effect } from './vocabulary/effects.ts';
import type { Event, SingleEvent } from './vocabulary/events.ts';
import type { Millis, OperationId } from './vocabulary/units.ts';

/** A node that has not read its disk yet: the first event it takes is `start`. `seed` is any safe integer. */
export function createNode(config: NodeConfig, seed: number): NodeState {
  return {
    config,
    phase: 'recovering',
    now: 0,
    random: seedGenerator(seed),
    nextOperation: 1,
    trouble: undefined,
    recovery: undefined,
    identity: initialIdentity(),
    journal: emptyJournal(),
    replica: initialReplica(),
    admission: initialAdmission(),
    shutdownBy: undefined,
  };
}

/**
 * The whole node: what happened goes in, what it knows now and what it wants done comes out. Pure: equal inputs give
 * equal outputs, and the input node stays as it was. Throws only on a broken invariant, which is a bug: the process
 * must end then.
 */
export function step(node: NodeState, event: Event): { readonly node: NodeState; readonly effects: readonly Effect[] } {
  if (node.phase === 'halted') return { node, effects: [] };
  const effects: Effect[] = [];
  const d = draftOf(node, effects);
  if (event.kind === 'batch') for (const one of event.events) take(d, one);
  else take(d, event);
  settle(d);
  return { node: finished(d), effects };
}

/** When the node wants its next `tick`, on its own clock; null when only another event can move it. */
export function nextDeadline(node: NodeState): Millis | null {
  if (node.phase === 'halted' || node.phase === 'recovering') return null;
  let deadline: Millis | null = null;
  const consider = (at: Millis | null): void => {
    if (at !== null && (deadline === null || at < deadline)) deadline = at;
  };
  if (hasSilentPeers(node)) consider(node.identity.helloDeadline);
  if (node.phase === 'member') {
    consider(replicaDeadline(node));
    consider(termFileDeadline(node));
    consider(heldDeadline(node.admission.held));
  }
  consider(node.shutdownBy ?? null);
  return deadline;
}

/** Field by field, as `finished`: these run for every event, and an object spread is slow (`engine/changed.ts`). */
function draftOf(node: NodeState, effects: Effect[]): Draft {
  return {
    config: node.config,
    phase: node.phase,
    now: node.now,
    random: node.random,
    nextOperation: node.nextOperation,
    trouble: node.trouble,
    recovery: node.recovery,
    identity: node.identity,
    journal: node.journal,
    replica: node.replica,
    admission: node.admission,
    shutdownBy: node.shutdownBy,
    effects,
  };
}

/** The draft without its effects. */
function finished(d: Draft): NodeState {
  return {
    config: d.config,
    phase: d.phase,
    now: d.now,
    random: d.random,
    nextOperation: d.nextOperation,
    trouble: d.trouble,
    recovery: d.recovery,
    identity: d.identity,
    journal: d.journal,
    replica: d.replica,
    admission: d.admission,
    shutdownBy: d.shutdownBy,
  };
}

function take(d: Draft, event: SingleEvent): void {
  if (d.phase === 'halted') return;
  d.now = Math.max(d.now, event.now);
  switch (event.kind) {
    case 'start':
      d.random = mixEntropy(d.random, event.entropy);
      beginRecovery(d, event.files);
      return;
    case 'tick':
      return;
    case 'message': {
      if (d.phase === 'recovering') return;
      const message = receive(d, event.bytes);
      if (message !== undefined) receiveFromMember(d, message);
      return;
    }
    case 'propose':
      propose(d, event.request, event.proposal);
      return;
    case 'read':
      takeRead(d, event);
      return;
    case 'cancel':
      cancelRequest(d, event.request);
      return;
    case 'shutdown':
      beginShutdown(d);
      return;
    case 'diskDone':
      diskDone(d, event.id, event.reads);
      return;
    case 'diskFailed':
      diskFailed(
        d,
        event.id,
        `${event.failure === 'full' ? 'the disk is full' : 'input/output error'}: ${event.reason}`,
      );
      return;
  }
}

/**
 * Whatever an event changed, its consequences follow in this order: time, elections and terms, the log towards disk and
 * followers, commitment, and the answers that it allows.
 */
function settle(d: Draft): void {
  if (d.phase === 'halted' || d.phase === 'recovering') return;
  greetPeers(d);
  continueFounding(d);
  if (d.phase === 'member') {
    tickReplica(d);
    beginTerm(d);
    expireHeld(d);
    acknowledgeProgress(d);
    const before = d.replica.commit.index;
    advanceCommit(d);
    if (d.replica.commit.index > before) settleUncommitted(d, before);
    advanceRounds(d, wantedRound(d));
    replicate(d);
    noticeCommit(d);
    releaseCommitted(d);
    releaseBarriers(d);
    sealSegments(d, d.replica.commit.index);
    trimTail(d, d.replica.commit.index);
  }
  flushTerm(d);
  flushJournal(d);
  continueShutdown(d);
}

function takeRead(d: Draft, event: SingleEvent & { readonly kind: 'read' }): void {
  const { request, query, consistency } = event;
  setOpen(d, request, { at: 'judging' });
  const crowd = crowded(d);
  if (crowd !== undefined) {
    close(d, request, crowd);
    return;
  }
  if (consistency === 'local') {
    if (d.phase === 'member') answerQuery(d, request, query);
    else close(d, request, unavailable(d));
    return;
  }
  const obstacle = obstacleToLeading(d);
  if (obstacle !== undefined) close(d, request, obstacle);
  else addBarrier(d, request, d.replica.commit.index, { kind: 'query', query });
}

function diskDone(d: Draft, id: OperationId, reads: readonly Uint8Array[]): void {
  if (isRecoveryOperation(d, id)) {
    const recovered = continueRecovery(d, reads);
    if (recovered !== undefined) {
      enterService(d, recovered);
      // A replica without peers founds its cluster with itself.
      if (d.phase === 'founding') considerFounding(d);
    }
    return;
  }
  const { journal, replica, identity } = d;
  if (journal.logWrite?.id === id) logWriteDone(d);
  else if (replica.termWrite?.id === id) termWriteDone(d);
  else if (journal.sealing?.id === id) sealingDone(d);
  else if (identity.foundingStep?.kind === 'identity' && identity.foundingStep.id === id) {
    foundingDone(d);
    restartElectionTimer(d);
  } else {
    const result = readDone(d, id, reads);
    if (result !== undefined) useRead(d, result);
  }
}

function diskFailed(d: Draft, id: OperationId, what: string): void {
  const { journal, replica, identity } = d;
  if (isRecoveryOperation(d, id)) recoveryFailed(d, what);
  else if (journal.logWrite?.id === id) logWriteFailed(d, what);
  else if (replica.termWrite?.id === id) termWriteFailed(d, what);
  else if (journal.sealing?.id === id) sealingFailed(d, what);
  else if (identity.foundingStep?.kind === 'identity' && identity.foundingStep.id === id) foundingFailed(d, what);
  else {
    const result = readFailed(d, id, what);
    if (result !== undefined) useRead(d, result);
  }
}

/** Older entries came back from the disk: the layer that asked for them goes on. */
function useRead(d: Draft, result: ReadResult): void {
  const { purpose } = result;
  const entries = result.outcome === 'entries' ? result.entries : [];
  const entry = entries[0];
  if (result.outcome === 'damaged') {
    observe(d, { what: 'damageFound', file: result.file, sentence: result.sentence });
  }
  switch (purpose.kind) {
    case 'catchUp':
      if (d.replica.leadership === undefined || d.replica.term !== purpose.term) return;
      if (result.outcome === 'entries') catchUpRead(d, purpose.peer, entries);
      else catchUpFailed(d, purpose.peer);
      return;
    case 'fetch':
      if (d.replica.term === purpose.term) fetchRead(d, purpose.peer, purpose, entries);
      return;
    case 'query':
      if (entry !== undefined) close(d, purpose.request, recordAnswer(entry));
      else if (result.outcome === 'damaged') close(d, purpose.request, holeAnswer(purpose.lsn));
      else close(d, purpose.request, notFound(d, purpose.lsn));
      return;
    case 'range':
      rangeRead(d, purpose.request, purpose.range, result);
      return;
    case 'judge':
      if (!d.admission.open.has(purpose.request)) return;
      if (d.replica.leadership === undefined || d.replica.term !== purpose.term)
        close(d, purpose.request, notLeader(d));
      else if (entry !== undefined) judgeStored(d, purpose.request, purpose.record, { kind: 'entry', entry });
      else
        judgeStored(d, purpose.request, purpose.record, { kind: result.outcome === 'damaged' ? 'damaged' : 'absent' });
      return;
  }
}
