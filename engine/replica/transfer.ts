import { halt } from '../draft.ts';
import { sendToMember } from '../identity/send.ts';
import { isVoter } from '../membership/configuration.ts';
import type { Draft } from '../state.ts';
import type { ReplicaId } from '../vocabulary/units.ts';
import { configurationOf, peersOf } from './members.ts';
import { setLeadership } from './progress.ts';
import { becomeFollower } from './roles.ts';

/** The operator wants this replica to stop. */
export function beginShutdown(d: Draft): void {
  if (d.shutdownBy === undefined) d.shutdownBy = d.now + d.config.timing.transferMs;
}

/**
 * Takes the shutdown further: a leader hands over to the follower that has all of its log (Ongaro, section 3.10); then,
 * or when time is up, the node stops once its disk has nothing more to do.
 */
export function continueShutdown(d: Draft): void {
  if (d.shutdownBy === undefined) return;
  const late = d.now >= d.shutdownBy;
  const { leadership } = d.replica;
  if (leadership !== undefined && !late && peersOf(d).length > 0) {
    const target = successor(d);
    if (target === undefined || d.now < leadership.handoverAt) return;
    sendToMember(d, target, { type: 'timeoutNow' });
    setLeadership(d, { handoverAt: d.now + d.config.timing.heartbeatMs });
    return;
  }
  const { journal, replica } = d;
  const idle =
    journal.logWrite === undefined && replica.termWrite === undefined && journal.writtenIndex === journal.lastIndex;
  const settled = leadership === undefined || replica.commit.index === journal.lastIndex || peersOf(d).length > 0;
  if (!(idle && settled) && !late) return;
  // Whoever still waits hears that the outcome is unknown, or to ask elsewhere.
  if (leadership !== undefined) becomeFollower(d, replica.term, undefined, 'this replica stops as asked');
  halt(d, 'shutdown', 'stopped as asked');
}

/** A voter that holds the whole log, and answered lately. */
function successor(d: Draft): ReplicaId | undefined {
  const { leadership } = d.replica;
  if (leadership === undefined) return undefined;
  return peersOf(d).find((id) => {
    const progress = leadership.progress[id];
    return isVoter(configurationOf(d), id) && progress?.active === true && progress.matchIndex === d.journal.lastIndex;
  });
}
