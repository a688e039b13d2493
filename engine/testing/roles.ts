import { expect } from 'vitest';
import { inspect } from '../inspect.ts';
import type { Progress } from '../replica/state.ts';
import type { Limits } from '../vocabulary/config.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Role } from '../vocabulary/observations.ts';
import type { Term } from '../vocabulary/units.ts';
import { CalmCluster } from './calm_cluster.ts';
import { append, tell } from './forge.ts';
import { isHandshake, silentCluster } from './silence.ts';

export function roles(cluster: CalmCluster): readonly string[] {
  return cluster.nodes.map(({ state }) => inspect(state).role);
}

/** Makes node `i`, whose term is `term` or below, a candidate of the next one: the leader of `term`, `sender`, asks it to be. */
export function stand(cluster: CalmCluster, i: number, sender: number, term: Term): void {
  tell(cluster, sender, i, term, append(0, 0));
  tell(cluster, sender, i, term, { type: 'timeoutNow' });
  expect(inspect(cluster.node(i).state)).toMatchObject({ role: 'candidate', term: term + 1 });
}

/** Makes node `i`, whose term is `term` or below, leader of the next one by forged votes. */
export function lead(cluster: CalmCluster, i: number, sender: number, term: Term): void {
  stand(cluster, i, sender, term);
  for (let voter = 0; voter < cluster.nodes.length; voter++) {
    if (voter !== i) tell(cluster, voter, i, term + 1, { type: 'voteAnswer', granted: true });
  }
  expect(inspect(cluster.node(i).state)).toMatchObject({ role: 'leader', term: term + 1 });
}

/** Lets time pass until node `i` asks for pre-votes; throws when it does not within 3 seconds. */
export function untilPreCandidate(cluster: CalmCluster, i: number): void {
  for (let waited = 0; waited < 3_000; waited += 10) {
    if (inspect(cluster.node(i).state).role === 'preCandidate') return;
    cluster.run(10);
  }
  throw new Error(`node ${i} did not ask for pre-votes`);
}

export function progressOf(cluster: CalmCluster, leader: number, follower: number): Progress {
  const progress = cluster.node(leader).state.replica.leadership?.progress[`r${follower + 1}`];
  if (progress === undefined) throw new Error(`node ${leader} does not lead`);
  return progress;
}

export interface QuietLeader {
  readonly cluster: CalmCluster;
  readonly leader: number;
  readonly follower: number;
  readonly other: number;
  readonly term: Term;
}

/** A leader of three that was elected the usual way; then nothing is delivered but what the test forges. */
export function quietLeader(change: Partial<Limits> = {}): QuietLeader {
  const cluster = new CalmCluster(3, { limits: { ...DEFAULT_LIMITS, ...change } });
  const leader = cluster.elect();
  cluster.run(300);
  cluster.deliver = isHandshake;
  const { term } = inspect(cluster.node(leader).state);
  return { cluster, leader, follower: (leader + 1) % 3, other: (leader + 2) % 3, term };
}

/** A silent cluster of three whose node 0 is in this role; as a follower it has heard of its leader just now. */
export function nodeInRole(role: Role): CalmCluster {
  const cluster = silentCluster(3);
  if (role === 'candidate') stand(cluster, 0, 1, 2);
  else if (role === 'leader') lead(cluster, 0, 1, 2);
  else tell(cluster, 1, 0, 2, append(0, 0));
  if (role === 'preCandidate') untilPreCandidate(cluster, 0);
  expect(inspect(cluster.node(0).state).role).toBe(role);
  return cluster;
}

/** The election timers of these nodes run out, all at this instant, and no others. */
export function timeOut(cluster: CalmCluster, ...nodes: readonly number[]): void {
  cluster.nodes.forEach((node, i) => {
    const { state } = node;
    const { now } = cluster;
    const electionDeadline = nodes.includes(i) ? now : Math.max(state.replica.electionDeadline, now + 1);
    node.state = { ...state, replica: { ...state.replica, electionDeadline } };
    if (nodes.includes(i)) cluster.post(i, { kind: 'tick', now });
  });
  cluster.settle();
}
