import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, entriesOfTerms, opened, tell } from '../testing/forge.ts';
import { overhear, saidBy } from '../testing/overhear.ts';
import { nodeInRole, roles, stand, timeOut, untilPreCandidate } from '../testing/roles.ts';
import { heal, isolate, silentCluster } from '../testing/silence.ts';
import type { Body } from '../wire/message.ts';

describe('pre-votes (Ongaro 9.6)', () => {
  it('of a replica that was cut off do not disturb a healthy leader when it returns (TestDisruptiveFollowerPreVote)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const { term } = inspect(cluster.node(leader).state);
    const other = (leader + 1) % 3;
    isolate(cluster, other);
    cluster.run(5_000);
    expect(inspect(cluster.node(other).state).role).not.toBe('leader');
    heal(cluster);
    cluster.run(2_000);
    expect(cluster.leader()).toBe(leader);
    expect(cluster.nodes.map(({ state }) => inspect(state).term)).toEqual([term, term, term]);
    expect(inspect(cluster.node(other).state)).toMatchObject({ role: 'follower', leader: `r${leader + 1}` });
  });

  it('change no term, and are not granted while a leader is believed in (prevote.txt, prevote_checkquorum.txt)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 5, append(1, 0));
    const heard = overhear(cluster);
    const preVote: Body = { type: 'preVote', nextTerm: 9, lastTerm: 8, lastIndex: 50 };
    tell(cluster, 2, 0, 8, preVote);
    cluster.run(500);
    tell(cluster, 2, 0, 8, preVote);
    const answers = heard.filter(({ message }) => message.body.type === 'preVoteAnswer');
    expect(answers.map(({ message }) => message.body)).toEqual([
      { type: 'preVoteAnswer', nextTerm: 9, granted: false },
      { type: 'preVoteAnswer', nextTerm: 9, granted: true },
    ]);
    expect(inspect(cluster.node(0).state).term).toBe(5);
  });

  it('of a replica in a higher term count though the voter is in a lower one (TestPreVoteMigrationCanCompleteElection)', () => {
    const cluster = silentCluster(3);
    // Node 0 stood in term 6 and lost; the others never heard of it. Node 2 is gone, node 1 is still in term 4.
    tell(cluster, 2, 1, 4, append(1, 0));
    tell(cluster, 2, 0, 5, append(1, 0));
    tell(cluster, 2, 0, 5, { type: 'timeoutNow' });
    untilPreCandidate(cluster, 0);
    tell(cluster, 1, 0, 4, { type: 'preVoteAnswer', nextTerm: 7, granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 7 });
  });

  it('carry a replica with the longer log out of a term long past, and to victory (TestNodeWithSmallerTermCanCompleteElection)', () => {
    const cluster = silentCluster(3);
    // Node 0 has the longer log and is in an old term; nodes 1 and 2 are far ahead and have shorter logs.
    tell(cluster, 1, 0, 2, append(1, 0, { entries: entriesOfTerms(2, [2, 2, 2]) }));
    for (const i of [1, 2]) tell(cluster, 0, i, 40, appendAnswer(0));
    isolate(cluster, 2);
    expect(cluster.elect()).toBe(0);
    expect(inspect(cluster.node(0).state).term).toBeGreaterThan(40);
  });

  it('being of no use to a candidate that is a term ahead, its leader gives way (TestFreeStuckCandidateWithCheckQuorum, TestPreVoteMigrationWithFreeStuckPreCandidate)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    const other = (leader + 1) % 3;
    cluster.run(300);
    const { term } = inspect(cluster.node(leader).state);
    // It stood in a later term and nobody heard of that; no pre-vote can bring it back to the leader's.
    isolate(cluster, other);
    tell(cluster, leader, other, term, { type: 'timeoutNow' });
    expect(inspect(cluster.node(other).state).term).toBe(term + 1);
    heal(cluster);
    cluster.run(3_000);
    cluster.elect();
    expect(cluster.nodes.map(({ state }) => inspect(state).term).every((one) => one > term)).toBe(true);
  });

  it.each([
    ['follower', false],
    ['preCandidate', true],
    ['candidate', true],
    ['leader', false],
  ] as const)(
    'change nothing in a %s, whether granted or not (TestPreVoteFromAnyState, TestRecvMsgPreVote)',
    (role, granted) => {
      const cluster = nodeInRole(role);
      const { replica } = cluster.node(0).state;
      const heard = overhear(cluster);
      const ask = (nextTerm: number, lastTerm: number, lastIndex: number): void =>
        tell(cluster, 2, 0, 8, { type: 'preVote', nextTerm, lastTerm, lastIndex });
      ask(9, 9, 42);
      ask(replica.term, 9, 42);
      ask(9, 0, 0);
      expect(cluster.node(0).state.replica).toEqual(replica);
      expect(saidBy(heard, 0)).toEqual([
        { type: 'preVoteAnswer', nextTerm: 9, granted },
        { type: 'preVoteAnswer', nextTerm: replica.term, granted: false },
        { type: 'preVoteAnswer', nextTerm: 9, granted: false },
      ]);
    },
  );

  it('of two at once split the vote, and the next election is won (TestPreVoteWithSplitVote)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const [one, two] = [(leader + 1) % 3, (leader + 2) % 3];
    const { term } = inspect(cluster.node(leader).state);
    isolate(cluster, leader);
    cluster.now += 500;
    timeOut(cluster, one, two);
    expect([roles(cluster)[one], roles(cluster)[two]]).toEqual(['candidate', 'candidate']);
    for (const i of [one, two]) expect(inspect(cluster.node(i).state).term).toBe(term + 1);
    timeOut(cluster, one);
    expect([roles(cluster)[one], roles(cluster)[two]]).toEqual(['leader', 'follower']);
    expect(inspect(cluster.node(two).state)).toMatchObject({ term: term + 2, leader: `r${one + 1}` });
  });

  it('are refused by whoever still believes in the leader, until it asks itself (TestPreVoteWithCheckQuorum)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const [one, two] = [(leader + 1) % 3, (leader + 2) % 3];
    const { term } = inspect(cluster.node(leader).state);
    isolate(cluster, leader);
    timeOut(cluster, two);
    expect([roles(cluster)[one], roles(cluster)[two]]).toEqual(['follower', 'preCandidate']);
    timeOut(cluster, one);
    expect([roles(cluster)[one], roles(cluster)[two]]).toEqual(['leader', 'follower']);
    expect(inspect(cluster.node(one).state).term).toBe(term + 1);
  });

  it('bring a replica that fell terms behind back, though the leader is lost at that moment (TestNodeWithSmallerTermCanCompleteElection)', () => {
    const cluster = new CalmCluster(3);
    const first = cluster.elect();
    cluster.run(300);
    const [second, behind] = [(first + 1) % 3, (first + 2) % 3];
    const { term } = inspect(cluster.node(first).state);
    isolate(cluster, behind);
    for (const [from, to] of [
      [first, second],
      [second, first],
      [first, second],
    ] as const) {
      tell(cluster, from, to, inspect(cluster.node(from).state).term, { type: 'timeoutNow' });
      cluster.run(200);
      expect(cluster.leader()).toBe(to);
    }
    cluster.run(2_000);
    expect(inspect(cluster.node(behind).state)).toMatchObject({ role: 'preCandidate', term });
    isolate(cluster, second);
    cluster.run(3_000);
    expect(inspect(cluster.node(first).state)).toMatchObject({ role: 'leader' });
    expect(inspect(cluster.node(behind).state)).toMatchObject({ role: 'follower', leader: `r${first + 1}` });
    expect(inspect(cluster.node(behind).state).term).toBeGreaterThan(term + 3);
  });

  it('end in an election though one replica is terms ahead with the shorter log (TestPreVoteMigrationCanCompleteElection)', () => {
    const cluster = silentCluster(3);
    // Node 0 led term 2 and is gone; node 1 has its entry; node 2 stood in term 4 and has none.
    tell(cluster, 0, 1, 2, append(1, 0, { entries: entriesOfTerms(2, [2]) }));
    stand(cluster, 2, 0, 3);
    isolate(cluster, 0);
    cluster.now += 500;
    timeOut(cluster, 2);
    expect(roles(cluster).slice(1)).toEqual(['follower', 'preCandidate']);
    timeOut(cluster, 1);
    // The one ahead told it of its term.
    expect(inspect(cluster.node(1).state)).toMatchObject({ role: 'follower', term: 4 });
    timeOut(cluster, 1);
    expect(inspect(cluster.node(1).state)).toMatchObject({ role: 'leader', term: 5 });
  });

  it('that come late count for nothing: not for the election that they led to, nor for the next (TestCandidateDeliversPreCandidateSelfVoteAfterBecomingCandidate)', () => {
    const cluster = nodeInRole('preCandidate');
    const granted: Body = { type: 'preVoteAnswer', nextTerm: 3, granted: true };
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 2, granted);
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 3 });
    tell(cluster, 2, 0, 2, granted);
    tell(cluster, 1, 0, 3, granted);
    tell(cluster, 2, 0, 3, granted);
    expect(cluster.node(0).state.replica.votes).toEqual({});
    // One vote, and its own only when that is on the disk.
    tell(cluster, 1, 0, 3, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state).role).toBe('candidate');
    cluster.resumeDisk(0);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 3 });
  });

  it('that a pre-candidate is given after it heard of a leader make it no candidate (TestCandidateSelfVoteAfterLostElectionPreVote)', () => {
    const cluster = nodeInRole('preCandidate');
    tell(cluster, 2, 0, 2, append(1, 0));
    tell(cluster, 1, 0, 2, append(1, 0));
    for (const voter of [1, 2]) tell(cluster, voter, 0, 2, { type: 'preVoteAnswer', nextTerm: 3, granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 2, leader: 'r3' });
    expect(cluster.node(0).state.replica.votes).toEqual({});
  });

  it('are asked for by nobody who leads (TestPreCampaignWhileLeader, TestCampaignWhileLeader)', () => {
    for (const count of [1, 3]) {
      const cluster = new CalmCluster(count);
      const leader = cluster.elect();
      const { term } = inspect(cluster.node(leader).state);
      const asked: number[] = [];
      cluster.deliver = (from, _to, bytes) => {
        if (opened(bytes).body.type === 'preVote') asked.push(from);
        return true;
      };
      for (let second = 0; second < 5; second++) {
        cluster.run(1_000);
        timeOut(cluster, leader);
      }
      expect(inspect(cluster.node(leader).state)).toMatchObject({ role: 'leader', term });
      expect(asked).toEqual([]);
    }
  });
});
