import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { opened } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { DEFAULT_TIMING } from '../vocabulary/config.ts';

/** Three replicas whose leader sends no heartbeat while the test lasts. */
function withoutHeartbeats() {
  const timing = { ...DEFAULT_TIMING, heartbeatMs: 2_000, electionTimeoutMs: 4_000 };
  const cluster = new CalmCluster(3, { timing });
  const leader = cluster.elect();
  cluster.run(300);
  const followers = [(leader + 1) % 3, (leader + 2) % 3];
  const commits = (): number[] => cluster.nodes.map(({ state }) => inspect(state).commitIndex);
  return { cluster, leader, followers, commits };
}

describe('the news of a commit', () => {
  it('reaches followers in a moment, without a heartbeat and without another record', () => {
    const { cluster, leader, commits } = withoutHeartbeats();
    const before = commits();
    cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    expect(commits()).toEqual(before.map((index, i) => (i === leader ? index + 1 : index)));
    cluster.run(12);
    expect(commits()).toEqual(before.map((index) => index + 1));
  });

  it('is one empty append for all that was committed meanwhile, and none where an append brought it', () => {
    const { cluster, leader, followers, commits } = withoutHeartbeats();
    const empty = countEmptyAppends(cluster);
    for (let lsn = 1n; lsn <= 20n; lsn++) {
      cluster.propose(leader, record(lsn, 'x'));
      cluster.run(1);
    }
    expect(empty).toEqual([0, 0, 0]);
    cluster.run(100);
    expect(new Set(commits()).size).toBe(1);
    for (const follower of followers) expect(empty[follower]).toBe(1);
  });

  it('wakes a leader only while somebody is to be told', () => {
    const { cluster, leader } = withoutHeartbeats();
    const notice = () => cluster.node(leader).state.replica.leadership?.notice;
    expect(notice()).toBeUndefined();
    cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    expect(notice()).toEqual({ index: inspect(cluster.node(leader).state).commitIndex, at: cluster.now + 5 });
    cluster.run(20);
    expect(notice()).toBeUndefined();
  });

  it('is not sent again and again to a follower that does not answer', () => {
    const { cluster, leader, followers } = withoutHeartbeats();
    const [silent = 0] = followers;
    const empty = countEmptyAppends(cluster, silent);
    cluster.propose(leader, record(1n, 'a'));
    cluster.run(1_000);
    expect(empty[silent]).toBe(1);
  });
});

/** The empty appends that leave for each node from now on. What leaves for `lost` is lost. */
function countEmptyAppends(cluster: CalmCluster, lost?: number): number[] {
  const counts = cluster.nodes.map(() => 0);
  cluster.deliver = (_, to, bytes) => {
    const { body } = opened(bytes);
    if (body.type === 'append' && body.entries.length === 0) counts[to] = (counts[to] ?? 0) + 1;
    return to !== lost;
  };
  return counts;
}
