import { observe } from '../draft.ts';
import { hasQuorum } from '../membership/quorum.ts';
import type { Draft, NodeState } from '../state.ts';
import type { Millis, ReplicaId } from '../vocabulary/units.ts';
import { diskIsStalled, stallDeadline } from './disk_stall.ts';
import { campaign } from './election.ts';
import { inquireAboutHole } from './holes.ts';
import { configurationOf, peersOf } from './members.ts';
import { setLeadership } from './progress.ts';
import { sendHeartbeats } from './replicate.ts';
import { becomeFollower } from './roles.ts';
import { changedProgress, type Progress } from './state.ts';

/** Lets time pass: elections, heartbeats, the leader's check of its quorum and of its own disk. */
export function tickReplica(d: Draft): void {
  if (d.replica.leadership === undefined) {
    if (d.now >= d.replica.electionDeadline) campaign(d);
    return;
  }
  if (diskIsStalled(d)) {
    observe(d, { what: 'diskStalled', sinceMs: d.config.timing.diskStallMs });
    becomeFollower(d, d.replica.term, undefined, 'its own disk does not answer');
    return;
  }
  if (d.now >= d.replica.leadership.quorumDeadline && !checkQuorum(d)) return;
  if (peersOf(d).length > 0 && d.now >= d.replica.leadership.heartbeatDeadline) {
    sendHeartbeats(d);
    inquireAboutHole(d, true);
  }
}

/** When `tickReplica` next has something to do; null when never. */
export function replicaDeadline(node: NodeState): Millis | null {
  const { leadership, electionDeadline } = node.replica;
  if (leadership === undefined) return electionDeadline;
  let deadline = leadership.quorumDeadline;
  if (peersOf(node).length > 0) deadline = Math.min(deadline, leadership.heartbeatDeadline);
  if (leadership.notice !== undefined) deadline = Math.min(deadline, leadership.notice.at);
  const stall = stallDeadline(node);
  return stall === null ? deadline : Math.min(deadline, stall);
}

/** A leader that a quorum did not answer for an election timeout steps down (Ongaro, section 6.2). */
function checkQuorum(d: Draft): boolean {
  const { leadership } = d.replica;
  if (leadership === undefined) return false;
  const inTouch = hasQuorum(
    configurationOf(d),
    (id) => id === d.config.replicaId || leadership.progress[id]?.active === true,
  );
  if (!inTouch) {
    becomeFollower(d, d.replica.term, undefined, 'a quorum did not answer for an election timeout');
    return false;
  }
  const progress: Record<ReplicaId, Progress> = {};
  for (const [id, one] of Object.entries(leadership.progress)) progress[id] = changedProgress(one, { active: false });
  setLeadership(d, { progress, quorumDeadline: d.now + d.config.timing.electionTimeoutMs });
  return true;
}
