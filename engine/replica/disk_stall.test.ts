import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, tell } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { silentCluster } from '../testing/silence.ts';
import { DEFAULT_TIMING } from '../vocabulary/config.ts';

const { diskStallMs } = DEFAULT_TIMING;

describe('a disk that does not answer', () => {
  it('takes the leadership from its replica after the deadline, and not before; it does not stand while it lasts', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    cluster.node(leader).stalled = [];
    const request = cluster.propose(leader, record(1n, 'a'));
    cluster.run(diskStallMs - 100);
    expect(cluster.leader()).toBe(leader);
    expect(cluster.answer(leader, request)?.kind).toBe('stored');
    cluster.run(3_000);
    expect(inspect(cluster.node(leader).state).role).toBe('follower');
    expect(cluster.node(leader).observations).toContainEqual({ what: 'diskStalled', sinceMs: diskStallMs });
    const second = cluster.elect();
    expect(second).not.toBe(leader);
    const later = cluster.propose(second, record(2n, 'b'));
    cluster.settle();
    expect(cluster.answer(second, later)?.kind).toBe('stored');
    cluster.resumeDisk(leader);
    cluster.run(500);
    expect(inspect(cluster.node(leader).state)).toMatchObject({ lastLsn: 2n, leader: `r${second + 1}` });
    expect(inspect(cluster.node(leader).state).durableIndex).toBe(inspect(cluster.node(second).state).durableIndex);
  });

  it('keeps a lone replica from leading until it answers again', () => {
    const cluster = new CalmCluster(1);
    cluster.elect();
    cluster.node(0).stalled = [];
    const request = cluster.propose(0, record(1n, 'a'));
    cluster.run(diskStallMs + 10_000);
    expect(inspect(cluster.node(0).state).role).toBe('follower');
    expect(cluster.answer(0, request)?.kind).toBe('unknown');
    cluster.resumeDisk(0);
    cluster.elect();
    const again = cluster.propose(0, record(1n, 'a'));
    cluster.settle();
    expect(cluster.answer(0, again)?.kind).toBe('stored');
  });

  it('keeps its replica from standing even when the leader asks for it', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 1, append(1, 0));
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 2, append(1, 0));
    for (let waited = 0; waited < diskStallMs; waited += 200) {
      cluster.run(200);
      tell(cluster, 1, 0, 2, append(1, 0));
    }
    tell(cluster, 1, 0, 2, { type: 'timeoutNow' });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 2, leader: 'r2' });
  });
});
