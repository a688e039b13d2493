import { hasQuorum } from '../membership/quorum.ts';
import type { Draft } from '../state.ts';
import { configurationOf } from './members.ts';
import { setLeadership } from './progress.ts';
import { sendHeartbeats } from './replicate.ts';

/**
 * Begins a ReadIndex round (Ongaro, section 6.4) and returns its number: once a quorum has echoed it, this replica was
 * still the leader after the round began. Answers to earlier messages carry lower numbers and prove nothing. At most
 * one round is under way besides the one returned: requests that come together share it.
 */
export function beginRound(d: Draft): number {
  const { leadership } = d.replica;
  if (leadership === undefined) return 0;
  return leadership.round + 1;
}

/** Sends out the next round when someone waits for one and none is under way; notes what a quorum has echoed. */
export function advanceRounds(d: Draft, wantedRound: number): void {
  const before = d.replica.leadership;
  if (before === undefined) return;
  if (before.confirmedRound < before.round) {
    const confirmed = confirmedRound(d);
    if (confirmed > before.confirmedRound) setLeadership(d, { confirmedRound: confirmed });
  }
  const { leadership } = d.replica;
  if (leadership === undefined || wantedRound <= leadership.round || leadership.confirmedRound < leadership.round)
    return;
  setLeadership(d, { round: leadership.round + 1 });
  sendHeartbeats(d);
  const alone = confirmedRound(d);
  if (alone > leadership.confirmedRound) setLeadership(d, { confirmedRound: alone });
}

function confirmedRound(d: Draft): number {
  const { leadership } = d.replica;
  if (leadership === undefined) return 0;
  const echoed = (round: number): boolean =>
    hasQuorum(configurationOf(d), (id) => id === d.config.replicaId || (leadership.progress[id]?.round ?? 0) >= round);
  return echoed(leadership.round) ? leadership.round : leadership.confirmedRound;
}
