import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import type { CalmCluster } from '../testing/calm_cluster.ts';
import { damageRecord } from '../testing/damage.ts';
import { append, entriesOfTerms, opened, tell, termsOf } from '../testing/forge.ts';
import { silentCluster } from '../testing/silence.ts';
import type { Body } from '../wire/message.ts';

/** Node 0 leads term 2 with entries 2 … 6 of term 1, the bytes of entry 4 lost. Nodes 2 and up voted for it. */
function leaderWithHole(count: number, others: readonly number[]): CalmCluster {
  const cluster = silentCluster(count);
  const sender = count - 1;
  for (const i of [0, ...others]) {
    tell(cluster, sender, i, 1, append(1, 0, { entries: entriesOfTerms(2, [1, 1, 1, 1, 1]) }));
  }
  damageRecord(cluster.node(0), 401n);
  cluster.restart(0);
  cluster.settle();
  expect(inspect(cluster.node(0).state).holes).toEqual([4]);
  lead(cluster, sender);
  return cluster;
}

function lead(cluster: CalmCluster, sender: number): void {
  tell(cluster, sender, 0, 1, append(1, 0));
  tell(cluster, sender, 0, 1, { type: 'timeoutNow' });
  for (let i = 1; i < cluster.nodes.length; i++) tell(cluster, i, 0, 2, { type: 'voteAnswer', granted: true });
  expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 2, holes: [4], lastIndex: 6 });
}

function absent(change: Partial<Body & { type: 'fetchAnswer' }> = {}): Body {
  return { type: 'fetchAnswer', index: 4, entryTerm: 1, state: 'absent', committed: false, entries: [], ...change };
}

describe('a leader with a hole in its log', () => {
  // Whatever a leader vouches for by the previous index of a heartbeat, followers hold for its log: and then it cut it.
  it('vouches for nothing behind the hole, which it may yet discard', () => {
    const cluster = leaderWithHole(5, [1]);
    const allowed = cluster.deliver;
    cluster.deliver = (from, to, bytes) => {
      const { type } = opened(bytes).body;
      const pair = from + to;
      return allowed(from, to, bytes) || ((pair === 1 || pair === 2) && (type === 'append' || type === 'appendAnswer'));
    };
    // The follower that has all of the old log confirms what it shares with the leader, but does not hear of the hole.
    cluster.run(150);
    expect(cluster.node(0).state.replica.leadership?.progress['r2']?.matchIndex).toBeLessThan(4);
    expect(cluster.node(1).state.replica.verifiedIndex).toBeLessThan(4);
    for (const i of [2, 3, 4]) tell(cluster, i, 0, 2, absent());
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], lastIndex: 4 });
    cluster.run(300);
    expect(termsOf(cluster.node(1).state)).toEqual([0, 1, 1, 2]);
    expect(termsOf(cluster.node(2).state)).toEqual([0, 1, 1, 2]);
    expect(inspect(cluster.node(0).state).commitIndex).toBe(4);
    expect(inspect(cluster.node(1).state).commitIndex).toBe(4);
  });
});
