import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, entriesOfTerms, tell, termsOf, vote } from '../testing/forge.ts';
import { expectSameLogs, giveLog } from '../testing/logs.ts';
import { overhear } from '../testing/overhear.ts';
import { lead, nodeInRole, roles, stand, timeOut, untilPreCandidate } from '../testing/roles.ts';
import { heal, isolate, silentCluster } from '../testing/silence.ts';

describe('a replica without a leader', () => {
  it('begins as a follower, whatever it was before (TestStartAsFollower, Ongaro 3.4)', () => {
    const cluster = new CalmCluster(3);
    cluster.elect();
    for (let i = 0; i < 3; i++) cluster.restart(i);
    cluster.settle();
    expect(roles(cluster)).toEqual(['follower', 'follower', 'follower']);
  });

  it('waits from one to two election timeouts, evenly drawn (TestFollowerElectionTimeoutRandomized, TestPastElectionTimeout, Ongaro 3.4)', () => {
    const cluster = silentCluster(3);
    const perTenth = Array.from({ length: 10 }, () => 0);
    for (let round = 0; round < 1_000; round++) {
      tell(cluster, 1, 0, 1, append(0, 0));
      const wait = cluster.node(0).state.replica.electionDeadline - cluster.now;
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThan(1_000);
      const tenth = Math.floor((wait - 500) / 50);
      perTenth[tenth] = (perTenth[tenth] ?? 0) + 1;
    }
    for (const count of perTenth) expect(count).toBeGreaterThan(50);
  });

  it('draws anew for each candidacy (TestCandidateElectionTimeoutRandomized, Ongaro 3.4)', () => {
    const cluster = nodeInRole('candidate');
    const waits = new Set<number>();
    for (let round = 0; round < 20; round++) {
      timeOut(cluster, 0);
      waits.add(cluster.node(0).state.replica.electionDeadline - cluster.now);
    }
    expect(waits.size).toBeGreaterThan(15);
  });

  it('is seldom the second whose time runs out (TestFollowersElectionTimeoutNonconflict, TestCandidatesElectionTimeoutNonconflict, Ongaro 3.4)', () => {
    const cluster = silentCluster(5);
    let conflicts = 0;
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 5; i++) tell(cluster, (i + 1) % 5, i, 1 + round, append(0, 0));
      const [first, second] = cluster.nodes.map(({ state }) => state.replica.electionDeadline).sort((a, b) => a - b);
      // Ten milliseconds are enough for the first to have its votes.
      if ((second ?? 0) - (first ?? 0) < 10) conflicts += 1;
    }
    expect(conflicts).toBeLessThan(60);
  });
});

describe('a candidate', () => {
  it('asks everybody for a pre-vote, then for a vote, by the end of its log, and again when nobody answers (TestVoteRequest, TestFollowerStartElection, TestCandidateStartNewElection, Ongaro 3.4, 3.6.1)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1, 2]);
    const heard = overhear(cluster);
    for (const term of [3, 4]) {
      heard.length = 0;
      untilPreCandidate(cluster, 0);
      const logEnd = { lastTerm: 2, lastIndex: 3 };
      expect(heard.filter(({ from }) => from === 0)).toMatchObject([
        { to: 1, message: { term: term - 1, body: { type: 'preVote', nextTerm: term, ...logEnd } } },
        { to: 2, message: { term: term - 1, body: { type: 'preVote', nextTerm: term, ...logEnd } } },
      ]);
      heard.length = 0;
      tell(cluster, 1, 0, term - 1, { type: 'preVoteAnswer', nextTerm: term, granted: true });
      expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term, votedFor: 'r1' });
      expect(heard).toMatchObject([
        { to: 1, message: { term, body: { type: 'vote', transfer: false, ...logEnd } } },
        { to: 2, message: { term, body: { type: 'vote', transfer: false, ...logEnd } } },
      ]);
    }
  });

  it.each([
    [3, [true, true], 'leader'],
    [3, [true], 'leader'],
    [5, [true, true, true, true], 'leader'],
    [5, [true, true], 'leader'],
    [5, [true, false, false, true], 'leader'],
    [3, [false, false], 'follower'],
    [5, [false, false, false, false], 'follower'],
    [5, [true, false, false, false], 'follower'],
    [3, [], 'candidate'],
    [5, [true], 'candidate'],
    [5, [false, false], 'candidate'],
    [4, [true], 'candidate'],
  ] as const)(
    'of %i replicas that is answered %j is %s then (TestLeaderElectionInOneRoundRPC, Ongaro 3.4)',
    (count, answers, role) => {
      const cluster = silentCluster(count);
      stand(cluster, 0, 1, 1);
      answers.forEach((granted, i) => tell(cluster, i + 1, 0, 2, { type: 'voteAnswer', granted }));
      expect(inspect(cluster.node(0).state)).toMatchObject({ role, term: 2, votedFor: 'r1' });
    },
  );

  it('whose log is behind those of a majority returns to its place (TestLeaderElection)', () => {
    const cluster = silentCluster(5);
    for (const i of [1, 2]) giveLog(cluster, i, 4, [1]);
    giveLog(cluster, 3, 4, [1, 1]);
    tell(cluster, 4, 0, 1, append(0, 0));
    // Long after: nobody hears of a leader.
    cluster.now += 500;
    heal(cluster);
    timeOut(cluster, 0);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 1, votedFor: undefined });
  });

  it('concedes to the leader of its term, log and all (TestCandidateConcede, Ongaro 3.4)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1]);
    stand(cluster, 0, 1, 1);
    lead(cluster, 2, 1, 1);
    heal(cluster);
    cluster.propose(2, { kind: 'generation', generation: 1 });
    cluster.run(200);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 2, leader: 'r3', commitIndex: 3 });
    expect(termsOf(cluster.node(0).state)).toEqual([0, 2, 2]);
    expectSameLogs(cluster);
  });

  it.each([
    ['a heartbeat', append(1, 0)],
    ['entries', append(1, 0, { entries: entriesOfTerms(2, [7]) })],
  ])(
    'follows whoever sends it %s of a later term (TestCandidateFallback, TestCandidateResetTermMsgHeartbeat, TestCandidateResetTermMsgApp)',
    (_, body) => {
      const cluster = nodeInRole('candidate');
      tell(cluster, 2, 0, 7, body);
      expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 7, leader: 'r3' });
      expect(inspect(cluster.node(0).state).votedFor).toBeUndefined();
    },
  );

  it.each([0, 1])(
    'that lost before its own vote was on the disk does not count it then, %i terms later (TestCandidateSelfVoteAfterLostElection)',
    (later) => {
      const cluster = silentCluster(3);
      tell(cluster, 1, 0, 4, append(1, 0));
      cluster.node(0).stalled = [];
      stand(cluster, 0, 1, 4);
      tell(cluster, 1, 0, 5, { type: 'voteAnswer', granted: true });
      tell(cluster, 2, 0, 5 + later, append(1, 0));
      cluster.resumeDisk(0);
      cluster.settle();
      expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 5 + later, leader: 'r3' });
      expect(cluster.node(0).state.replica.votes).toEqual({});
    },
  );

  it('counts the votes of one candidacy in no other (TestCandidateStartNewElection, Ongaro 3.4)', () => {
    const cluster = silentCluster(5);
    stand(cluster, 0, 1, 2);
    tell(cluster, 1, 0, 3, { type: 'voteAnswer', granted: true });
    timeOut(cluster, 0);
    // Of the election it gave up: too late to win it, and no pre-votes for the next.
    for (const voter of [1, 2, 3]) tell(cluster, voter, 0, 3, { type: 'voteAnswer', granted: true });
    tell(cluster, 2, 0, 3, { type: 'preVoteAnswer', nextTerm: 4, granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'preCandidate', term: 3 });
    tell(cluster, 3, 0, 3, { type: 'preVoteAnswer', nextTerm: 4, granted: true });
    for (const voter of [1, 2, 3]) tell(cluster, voter, 0, 3, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 4 });
  });
});

describe('an election', () => {
  it('between two who do not hear each other has one winner, and the other does not disturb it (TestDuelingCandidates, TestDuelingPreCandidates)', () => {
    const cluster = silentCluster(3);
    cluster.deliver = (from, to) => from + to !== 2 || from === to;
    timeOut(cluster, 0, 2);
    // The third replica would have voted for either, and voted for the first.
    expect(roles(cluster)).toEqual(['leader', 'follower', 'candidate']);
    expect(cluster.nodes.map(({ state }) => inspect(state).term)).toEqual([1, 1, 1]);
    heal(cluster);
    timeOut(cluster, 2);
    cluster.run(200);
    expect(roles(cluster)).toEqual(['leader', 'follower', 'follower']);
    expect(cluster.nodes.map(({ state }) => inspect(state).term)).toEqual([1, 1, 1]);
    expectSameLogs(cluster);
  });

  it('may be won by an older log over a newer one, which was on no majority, and replaces it (TestLeaderElectionOverwriteNewerLogs, TestLeaderElectionOverwriteNewerLogsPreVote)', () => {
    const cluster = silentCluster(5);
    // Node 0 led term 1 and reached node 1. Node 2 led term 2 by the votes of nodes 3 and 4, and reached nobody.
    for (const i of [0, 1]) giveLog(cluster, i, 3, [1]);
    giveLog(cluster, 2, 3, [2]);
    for (const i of [3, 4]) tell(cluster, 2, i, 2, vote(0, 1));
    // Nobody believes in those leaders any more.
    cluster.now += 500;
    heal(cluster);
    timeOut(cluster, 0);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 2 });
    timeOut(cluster, 0);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 3 });
    cluster.run(200);
    for (const { state } of cluster.nodes) expect(termsOf(state)).toEqual([0, 1, 3]);
    expectSameLogs(cluster);
  });

  it('can be won by each replica in its turn, by the leader’s wish or by its silence (TestLeaderCycle, TestLeaderCyclePreVote)', () => {
    const cluster = new CalmCluster(3);
    let leader = cluster.elect();
    for (let turn = 0; turn < 6; turn++) {
      const next = (leader + 1) % 3;
      cluster.run(300);
      if (turn % 2 === 0) tell(cluster, leader, next, inspect(cluster.node(leader).state).term, { type: 'timeoutNow' });
      else {
        isolate(cluster, leader);
        cluster.now += 500;
        timeOut(cluster, next);
        heal(cluster);
      }
      cluster.run(300);
      expect(cluster.leader()).toBe(next);
      expect(roles(cluster).filter((role) => role === 'leader')).toHaveLength(1);
      leader = next;
    }
    expectSameLogs(cluster);
  });
});
