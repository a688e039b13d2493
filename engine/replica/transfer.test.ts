import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, opened, tell, vote } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { isolate, silentCluster } from '../testing/silence.ts';

function ready(count = 3): { readonly cluster: CalmCluster; readonly leader: number } {
  const cluster = new CalmCluster(count);
  const leader = cluster.elect();
  cluster.propose(leader, record(1n, 'a'));
  cluster.run(300);
  return { cluster, leader };
}

function shutdown(cluster: CalmCluster, i: number): void {
  cluster.post(i, { kind: 'shutdown', now: cluster.now });
}

describe('a shutdown', () => {
  it('of a leader hands over at once to a follower that has everything (TestLeaderTransferToUpToDateNode, TestLeaderTransferWithCheckQuorum, Ongaro 3.10)', () => {
    const { cluster, leader } = ready();
    const request = cluster.propose(leader, record(2n, 'b'));
    shutdown(cluster, leader);
    cluster.settle();
    expect(cluster.answer(leader, request)?.kind).toBe('stored');
    cluster.run(50);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
    const next = cluster.nodes.findIndex(
      ({ state, halted }) => halted === undefined && inspect(state).role === 'leader',
    );
    expect(next).not.toBe(-1);
    expect(inspect(cluster.node(next).state).lastLsn).toBe(2n);
  });

  it('takes no more proposals, and says where to ask when that is known (TestLeaderTransferIgnoreProposal)', () => {
    const { cluster, leader } = ready();
    isolate(cluster, leader);
    shutdown(cluster, leader);
    const request = cluster.propose(leader, record(2n, 'b'));
    cluster.settle();
    expect(cluster.answer(leader, request)).toEqual({ kind: 'notLeader', leader: undefined });
  });

  it('brings a slow follower up first (TestLeaderTransferToSlowFollower)', () => {
    const { cluster, leader } = ready();
    const [slow, dead] = [(leader + 1) % 3, (leader + 2) % 3];
    isolate(cluster, slow);
    for (let lsn = 2n; lsn <= 20n; lsn++) cluster.propose(leader, record(lsn, 'x'));
    cluster.run(100);
    isolate(cluster, dead);
    const withoutDead = cluster.deliver;
    const lacking: number[] = [];
    cluster.deliver = (from, to, bytes) => {
      const { lastIndex } = inspect(cluster.node(leader).state);
      if (opened(bytes).body.type === 'timeoutNow') lacking.push(lastIndex - inspect(cluster.node(to).state).lastIndex);
      return withoutDead(from, to, bytes);
    };
    shutdown(cluster, leader);
    cluster.run(1_000);
    // It asks the dead one first, which had everything when it was last heard; then the slow one.
    expect(lacking).toEqual([0, 0]);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
    expect(inspect(cluster.node(slow).state).lastLsn).toBe(20n);
    const led = cluster.node(slow).observations.filter((one) => one.what === 'roleChanged' && one.role === 'leader');
    expect(led).toHaveLength(1);
  });

  it('asks one that answers, not one that fell silent with all of the log (Ongaro 3.10)', () => {
    const { cluster, leader } = ready();
    const silent = [0, 1, 2].filter((i) => i !== leader)[0] ?? 0;
    const asked: number[] = [];
    cluster.deliver = (from, to, bytes) => {
      if (from === silent || to === silent) return false;
      if (opened(bytes).body.type === 'timeoutNow') asked.push(to);
      return true;
    };
    cluster.run(1_200);
    expect(cluster.leader()).toBe(leader);
    shutdown(cluster, leader);
    cluster.run(1_000);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
    expect(asked).not.toContain(silent);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('gives up in time when nobody can take over, and answers whoever waits (TestLeaderTransferTimeout)', () => {
    const { cluster, leader } = ready();
    isolate(cluster, leader);
    const request = cluster.propose(leader, record(2n, 'b'));
    shutdown(cluster, leader);
    cluster.run(1_600);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
    expect(cluster.answer(leader, request)?.kind).toBe('unknown');
  });

  it('asked twice is one; of a follower, or of a lone replica, it is quick and loses nothing', () => {
    const { cluster, leader } = ready();
    const follower = (leader + 1) % 3;
    shutdown(cluster, follower);
    shutdown(cluster, follower);
    cluster.settle();
    expect(cluster.node(follower).halted).toBe('stopped as asked');
    expect(cluster.leader()).toBe(leader);
    const alone = ready(1).cluster;
    const request = alone.propose(0, record(2n, 'b'));
    shutdown(alone, 0);
    alone.settle();
    expect(alone.answer(0, request)?.kind).toBe('stored');
    expect(alone.node(0).halted).toBe('stopped as asked');
  });

  it('asked again while it hands over has no more time for it (TestLeaderTransferSecondTransferToSameNode)', () => {
    const { cluster, leader } = ready();
    isolate(cluster, leader);
    // What its disk still has to do keeps it from stopping early.
    cluster.node(leader).stalled = [];
    cluster.propose(leader, record(2n, 'b'));
    cluster.settle();
    shutdown(cluster, leader);
    cluster.run(1_000);
    shutdown(cluster, leader);
    cluster.run(450);
    expect(cluster.node(leader).halted).toBeUndefined();
    cluster.run(100);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
  });

  it('repeats its call when that was lost, and ends as soon as anybody leads a later term (TestLeaderTransferReceiveHigherTermVote)', () => {
    const { cluster, leader } = ready();
    const calls: number[] = [];
    cluster.deliver = (_from, to, bytes) => {
      if (opened(bytes).body.type !== 'timeoutNow') return true;
      calls.push(to);
      return false;
    };
    shutdown(cluster, leader);
    cluster.run(450);
    expect(calls).toHaveLength(5);
    expect(inspect(cluster.node(leader).state).role).toBe('leader');
    const { term, lastIndex } = inspect(cluster.node(leader).state);
    tell(cluster, (leader + 1) % 3, leader, term + 1, vote(term, lastIndex, true));
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'follower', term: term + 1 });
    expect(cluster.node(leader).halted).toBe('stopped as asked');
  });

  it('waits for the disk, but not for ever', () => {
    const { cluster, leader } = ready();
    const follower = (leader + 1) % 3;
    cluster.node(follower).stalled = [];
    cluster.propose(leader, record(2n, 'b'));
    cluster.settle();
    shutdown(cluster, follower);
    cluster.settle();
    expect(cluster.node(follower).halted).toBeUndefined();
    cluster.run(1_600);
    expect(cluster.node(follower).halted).toBe('stopped as asked');
  });
});

describe('the call to stand at once', () => {
  it('is heard from the leader of the term only (Ongaro 3.10)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 3, append(1, 0));
    tell(cluster, 2, 0, 3, { type: 'timeoutNow' });
    tell(cluster, 1, 0, 2, { type: 'timeoutNow' });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 3 });
    tell(cluster, 1, 0, 3, { type: 'timeoutNow' });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 4 });
  });

  it('repeated by the network makes one candidacy (Ongaro 3.10)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 3, append(1, 0));
    for (let times = 0; times < 3; times++) tell(cluster, 1, 0, 3, { type: 'timeoutNow' });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 4 });
  });

  it('to a leader changes nothing (TestCampaignWhileLeader)', () => {
    const { cluster, leader } = ready();
    const { term } = inspect(cluster.node(leader).state);
    tell(cluster, (leader + 1) % 3, leader, term, { type: 'timeoutNow' });
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'leader', term });
  });
});
