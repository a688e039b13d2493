import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, tell, vote } from '../testing/forge.ts';
import { overhear, saidBy } from '../testing/overhear.ts';
import { record } from '../testing/records.ts';
import { quietLeader, roles, stand, timeOut } from '../testing/roles.ts';
import { heal, isHandshake, isolate, silentCluster } from '../testing/silence.ts';

describe('the check of the quorum (Ongaro 6.2)', () => {
  it('ends a leadership that a quorum does not answer any more, and lets no proposal grow old in it (TestLeaderStepdownWhenQuorumLost, checkquorum.txt)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    isolate(cluster, leader);
    const request = cluster.propose(leader, record(1n, 'lost?'));
    const read = cluster.read(leader, { kind: 'latest' }, 'linearizable');
    cluster.run(1_100);
    expect(inspect(cluster.node(leader).state).role).not.toBe('leader');
    expect(cluster.answer(leader, request)?.kind).toBe('unknown');
    expect(cluster.answer(leader, read)?.kind).toBe('notLeader');
  });

  it('leaves a leader alone that a quorum answers (TestLeaderStepdownWhenQuorumActive)', () => {
    const cluster = new CalmCluster(5);
    const leader = cluster.elect();
    cluster.run(300);
    isolate(cluster, (leader + 1) % 5, (leader + 2) % 5);
    cluster.run(10_000);
    expect(cluster.leader()).toBe(leader);
  });

  it('makes followers deaf to candidates while they hear from the leader, unless it hands over (TestLeaderTransferWithCheckQuorum, Ongaro 4.2.3)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const [follower, other] = [(leader + 1) % 3, (leader + 2) % 3];
    const { term, lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    tell(cluster, other, follower, term + 5, vote(term, lastIndex));
    tell(cluster, other, leader, term + 5, vote(term, lastIndex));
    expect(inspect(cluster.node(follower).state).term).toBe(term);
    expect(cluster.leader()).toBe(leader);
    expect(commitIndex).toBe(lastIndex);
    tell(cluster, other, follower, term + 5, vote(term, lastIndex, true));
    expect(inspect(cluster.node(follower).state)).toMatchObject({ term: term + 5, votedFor: `r${other + 1}` });
  });

  it('wants a majority, the leader among it: two of four are none (TestLeaderStepdownWhenQuorumLost, TestLeaderStepdownWhenQuorumActive)', () => {
    const cluster = new CalmCluster(4);
    const leader = cluster.elect();
    cluster.run(300);
    const [one, two, three] = [1, 2, 3].map((distance) => (leader + distance) % 4);
    isolate(cluster, one ?? 0);
    cluster.run(2_000);
    expect(cluster.leader()).toBe(leader);
    const answering = three ?? 0;
    isolate(cluster, one ?? 0, two ?? 0);
    cluster.run(1_100);
    expect(inspect(cluster.node(leader).state).role).not.toBe('leader');
    expect(inspect(cluster.node(answering).state).role).not.toBe('leader');
  });

  it('takes any answer of this term for a sign of life, each for one election timeout (TestLeaderStepdownWhenQuorumActive)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const refusal = { previousIndex: 1, hintIndex: 0, hintTerm: 0 };
    for (let waited = 0; waited < 3_000; waited += 300) {
      tell(cluster, follower, leader, term, appendAnswer(0, { rejected: refusal }));
      cluster.run(300);
    }
    expect(inspect(cluster.node(leader).state).role).toBe('leader');
    // One of an earlier term is none.
    for (let waited = 0; waited < 1_200; waited += 300) {
      tell(cluster, follower, leader, term - 1, appendAnswer(0));
      tell(cluster, other, leader, term - 1, appendAnswer(0));
      cluster.run(300);
    }
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'follower', term, leader: undefined });
  });

  it('lets a follower that hears nothing of the leader for an election timeout vote for another, who supersedes it (TestLeaderSupersedingWithCheckQuorum)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const [follower, candidate] = [(leader + 1) % 3, (leader + 2) % 3];
    const { term } = inspect(cluster.node(leader).state);
    // It hears all, and is heard by nobody.
    cluster.deliver = (from) => from !== leader;
    timeOut(cluster, candidate);
    expect(inspect(cluster.node(candidate).state)).toMatchObject({ role: 'preCandidate', term });
    cluster.now += 500;
    timeOut(cluster, candidate);
    expect(inspect(cluster.node(candidate).state)).toMatchObject({ role: 'leader', term: term + 1 });
    const votedFor = `r${candidate + 1}`;
    expect(inspect(cluster.node(follower).state)).toMatchObject({ role: 'follower', term: term + 1, votedFor });
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'follower', leader: `r${candidate + 1}` });
  });

  it('hinders no first election: before anyone led, votes are given at once (TestLeaderElectionWithCheckQuorum)', () => {
    const cluster = silentCluster(3);
    heal(cluster);
    const { now } = cluster;
    timeOut(cluster, 0);
    expect(roles(cluster)).toEqual(['leader', 'follower', 'follower']);
    expect(cluster.now).toBe(now);
  });

  it('yields to a follower that went on to a later term, and only then: its answer to a late heartbeat says so (TestDisruptiveFollower)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const { lastIndex } = inspect(cluster.node(leader).state);
    stand(cluster, other, leader, term);
    cluster.deliver = (from, to, bytes) => isHandshake(from, to, bytes) || to !== follower;
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'leader', term });
    tell(cluster, leader, other, term, append(lastIndex, term));
    expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'follower', term: term + 1, leader: undefined });
    expect(inspect(cluster.node(follower).state)).toMatchObject({ role: 'follower', term });
    expect(inspect(cluster.node(other).state)).toMatchObject({ role: 'candidate', term: term + 1 });
  });

  it('counts a voter that does not know of its own membership yet, which follows and votes and never stands (TestNonPromotableVoterWithCheckQuorum, TestPromotable, TestTransferNonMember)', () => {
    const cluster = silentCluster(2);
    const { state } = cluster.node(1);
    const { membership } = state.identity;
    if (membership === undefined) throw new Error('not founded');
    const configuration = { voters: ['r1'], outgoing: [], learners: [] };
    cluster.node(1).state = {
      ...state,
      identity: { ...state.identity, membership: { ...membership, configuration } },
    };
    timeOut(cluster, 1);
    tell(cluster, 0, 1, 0, append(0, 0));
    tell(cluster, 0, 1, 0, { type: 'timeoutNow' });
    tell(cluster, 0, 1, 0, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(1).state)).toMatchObject({ role: 'follower', term: 0 });
    heal(cluster);
    cluster.now += 500;
    timeOut(cluster, 0);
    cluster.run(3_000);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 1 });
    expect(inspect(cluster.node(1).state)).toMatchObject({ role: 'follower', term: 1, votedFor: 'r1', leader: 'r1' });
    isolate(cluster, 0);
    const heard = overhear(cluster);
    cluster.run(3_000);
    expect(saidBy(heard, 1).filter(({ type }) => type === 'preVote')).toEqual([]);
  });
});

describe('the clock', () => {
  it('never wants a tick at an instant that has passed: no busy loop, in no role', () => {
    const cluster = new CalmCluster(3);
    cluster.ticked = (deadline, now) => expect(deadline ?? now + 1).toBeGreaterThan(now);
    const leader = cluster.elect();
    for (let lsn = 1n; lsn < 20n; lsn++) cluster.propose(leader, record(lsn, 'x', { previousLsn: lsn + 1_000n }));
    cluster.propose(leader, record(5_000n, 'held', { previousLsn: 4_000n }));
    cluster.run(6_000);
    isolate(cluster, leader);
    cluster.run(3_000);
    cluster.node((leader + 1) % 3).stalled = [];
    cluster.run(8_000);
    heal(cluster);
    cluster.run(8_000);
    cluster.post(leader, { kind: 'shutdown', now: cluster.now });
    cluster.run(3_000);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
  });
});
