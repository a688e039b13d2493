import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, entriesOfTerms, opened, tell, vote } from '../testing/forge.ts';
import { overhear } from '../testing/overhear.ts';
import { roles, stand } from '../testing/roles.ts';
import { heal, isolate, silentCluster } from '../testing/silence.ts';

describe('elections', () => {
  it('end with one leader however many replicas there are (TestLeaderElection, TestSingleNodeCandidate, TestSingleNodePreCandidate, Ongaro 3.4)', () => {
    for (const count of [1, 2, 3, 4, 5, 7]) {
      const cluster = new CalmCluster(count);
      cluster.elect();
      cluster.run(1_000);
      expect(roles(cluster).filter((role) => role === 'leader')).toHaveLength(1);
      expect(new Set(cluster.nodes.map(({ state }) => inspect(state).term)).size).toBe(1);
    }
  });

  it('do without a minority, and not with one (TestLeaderElection, TestLeaderElectionPreVote, TestProposal, Ongaro 3.4)', () => {
    const cluster = new CalmCluster(5);
    const first = cluster.elect();
    const others = [0, 1, 2, 3, 4].filter((i) => i !== first);
    isolate(cluster, first, others[0] ?? 0);
    cluster.run(3_000);
    expect(roles(cluster).filter((role) => role === 'leader')).toHaveLength(1);
    expect(inspect(cluster.node(first).state).role).not.toBe('leader');
    isolate(cluster, first, others[0] ?? 0, others[1] ?? 0);
    cluster.run(3_000);
    expect(roles(cluster)).not.toContain('leader');
  });

  it('follow the rule of the longer log: last term first, then last index, never LSN (TestVoter, TestRecvMsgVote, TestIsUpToDate, Ongaro 3.6.1)', () => {
    const cluster = silentCluster(3);
    // The voter's log ends with index 4 of term 3, LSN 403.
    tell(cluster, 1, 0, 3, append(1, 0, { entries: entriesOfTerms(2, [2, 2, 3]) }));
    let term = 4;
    for (const [lastTerm, lastIndex, granted] of [
      [2, 9, false],
      [3, 3, false],
      [3, 4, true],
      [3, 5, true],
      [4, 2, true],
    ] as const) {
      cluster.run(600);
      const heard = overhear(cluster);
      term = Math.max(term, inspect(cluster.node(0).state).term) + 1;
      tell(cluster, 2, 0, term, vote(lastTerm, lastIndex));
      const answer = heard.find(({ from, message }) => from === 0 && message.body.type === 'voteAnswer');
      expect(answer?.message).toMatchObject({ term, body: { granted } });
    }
  });

  it('give one vote a term, the same one again to the same candidate, over restarts too (TestFollowerVote, Ongaro 3.4, 3.8)', () => {
    const cluster = silentCluster(3);
    const heard = overhear(cluster);
    const answers = (): readonly boolean[] =>
      heard.flatMap(({ from, message }) =>
        from === 0 && message.body.type === 'voteAnswer' ? [message.body.granted] : [],
      );
    tell(cluster, 1, 0, 5, vote(0, 1));
    tell(cluster, 2, 0, 5, vote(9, 9));
    tell(cluster, 1, 0, 5, vote(0, 1));
    expect(answers()).toEqual([true, false, true]);
    cluster.restart(0);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 5, votedFor: 'r2' });
    tell(cluster, 2, 0, 5, vote(9, 9));
    tell(cluster, 1, 0, 5, vote(0, 1));
    expect(answers()).toEqual([true, false, true, false, true]);
  });

  it('send no vote, and ask for none, before term and vote are on the disk (Ongaro 3.8)', () => {
    const cluster = silentCluster(3);
    const heard = overhear(cluster);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 5, vote(0, 1));
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 5, votedFor: 'r2', durableTerm: 0 });
    expect(heard).toEqual([]);
    // What was not promised is forgotten with the process: the vote is free again.
    cluster.restart(0);
    cluster.node(0).stalled = undefined;
    cluster.start(0);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 0, votedFor: undefined });
    cluster.node(0).stalled = [];
    tell(cluster, 2, 0, 6, vote(0, 1));
    expect(heard).toEqual([]);
    cluster.resumeDisk(0);
    cluster.settle();
    expect(heard.map(({ to, message }) => ({ to, term: message.term, body: message.body }))).toEqual([
      { to: 2, term: 6, body: { type: 'voteAnswer', granted: true } },
    ]);
    // A candidate asks nobody, and does not even vote for itself, before its disk has it.
    tell(cluster, 2, 0, 6, append(1, 0));
    heard.length = 0;
    cluster.node(0).stalled = [];
    tell(cluster, 2, 0, 6, { type: 'timeoutNow' });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'candidate', term: 7 });
    expect(cluster.node(0).state.replica.votes).toEqual({});
    expect(heard).toEqual([]);
    cluster.resumeDisk(0);
    cluster.settle();
    expect(cluster.node(0).state.replica.votes).toEqual({ r1: true });
    expect(heard.map(({ message }) => message.body.type)).toEqual(['vote', 'vote']);
  });

  it('say nothing of an older term once a newer one waits for the disk', () => {
    const cluster = silentCluster(3);
    const heard = overhear(cluster);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 5, vote(0, 1));
    tell(cluster, 2, 0, 6, vote(0, 1));
    // The write of term 5 is done first: the vote given in it must not leave any more, and the other one not yet.
    const writes = cluster.node(0).stalled ?? [];
    expect(writes).toHaveLength(1);
    cluster.resumeDisk(0);
    cluster.node(0).stalled = [];
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 6, durableTerm: 5 });
    expect(heard).toEqual([]);
    cluster.resumeDisk(0);
    cluster.settle();
    expect(heard.map(({ to, message }) => ({ to, term: message.term }))).toEqual([{ to: 2, term: 6 }]);
    expect(inspect(cluster.node(0).state)).toMatchObject({ durableTerm: 6, durableVote: 'r3' });
  });

  it('that are split are held again (Ongaro 3.4)', () => {
    const cluster = silentCluster(4);
    // Two candidates of term 5, each with one more vote: nobody can win.
    for (const [candidate, voter] of [
      [0, 1],
      [2, 3],
    ] as const) {
      tell(cluster, voter, candidate, 4, append(1, 0));
      tell(cluster, voter, candidate, 4, { type: 'timeoutNow' });
      tell(cluster, candidate, voter, 5, vote(0, 1));
      tell(cluster, voter, candidate, 5, { type: 'voteAnswer', granted: true });
    }
    expect(roles(cluster)).toEqual(['candidate', 'follower', 'candidate', 'follower']);
    heal(cluster);
    cluster.elect();
    expect(inspect(cluster.node(cluster.leader() ?? 0).state).term).toBeGreaterThan(5);
  });

  it('are conceded by a candidate to the leader of its term (TestCandidateFallback)', () => {
    const cluster = silentCluster(3);
    stand(cluster, 0, 1, 4);
    tell(cluster, 2, 0, 5, append(1, 0));
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'follower', term: 5, leader: 'r3', votedFor: 'r1' });
    // Its own vote of that term is spent all the same, and late votes make nobody leader.
    tell(cluster, 1, 0, 5, { type: 'voteAnswer', granted: true });
    tell(cluster, 2, 0, 5, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state).role).toBe('follower');
  });

  it('count votes of their own term and one a voter (Ongaro 3.4)', () => {
    const cluster = silentCluster(5);
    stand(cluster, 0, 1, 4);
    tell(cluster, 1, 0, 4, { type: 'voteAnswer', granted: true });
    tell(cluster, 2, 0, 4, { type: 'voteAnswer', granted: true });
    for (let i = 0; i < 5; i++) tell(cluster, 1, 0, 5, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state).role).toBe('candidate');
    tell(cluster, 2, 0, 5, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 5 });
  });

  it('accept a message of a later term from anyone, and nothing of an earlier one (TestFollowerUpdateTermFromMessage, TestRejectStaleTermMessage, Ongaro 3.3)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 5, append(1, 0, { entries: entriesOfTerms(2, [5]) }));
    tell(cluster, 2, 0, 4, append(1, 0, { entries: entriesOfTerms(2, [4, 4]), commitIndex: 3 }));
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 5, leader: 'r2', lastIndex: 2, commitIndex: 0 });
    tell(cluster, 2, 0, 8, { type: 'appendAnswer', round: 0, matchIndex: 0, rejected: undefined });
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 8, leader: undefined, votedFor: undefined });
  });

  it('never have two winners in a term, nor two votes, whatever is lost, repeated or late', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: fc.record({ do: fc.constant('pass'), at: fc.nat(), keep: fc.boolean() }) },
            { weight: 1, arbitrary: fc.record({ do: fc.constant('lose'), at: fc.nat(), keep: fc.boolean() }) },
            { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), at: fc.nat(900), keep: fc.boolean() }) },
            { weight: 1, arbitrary: fc.record({ do: fc.constant('restart'), at: fc.nat(), keep: fc.boolean() }) },
          ),
          { minLength: 30, maxLength: 120 },
        ),
        (moves) => {
          const cluster = silentCluster(3);
          const flying: { from: number; to: number; bytes: Uint8Array }[] = [];
          const leaders = new Map<number, number>();
          const votes = new Map<string, string>();
          cluster.deliver = (from, to, bytes) => {
            const { term, body } = opened(bytes);
            if (body.type === 'hello' || body.type === 'refuse') return true;
            if (body.type === 'voteAnswer' && body.granted) {
              const key = `${from} in ${term}`;
              expect(votes.get(key) ?? String(to)).toBe(String(to));
              votes.set(key, String(to));
            }
            if (body.type === 'append') {
              expect(leaders.get(term) ?? from).toBe(from);
              leaders.set(term, from);
            }
            flying.push({ from, to, bytes });
            return false;
          };
          for (const move of moves) {
            if (move.do === 'wait') cluster.run(move.at);
            else if (move.do === 'restart') cluster.restart(move.at % 3);
            else if (flying.length > 0) {
              const at = move.at % flying.length;
              const chosen = flying[at];
              if (chosen === undefined) continue;
              if (!(move.do === 'pass' && move.keep)) flying.splice(at, 1);
              if (move.do === 'pass') {
                cluster.post(chosen.to, { kind: 'message', now: cluster.now, bytes: chosen.bytes });
              }
            }
            cluster.settle();
          }
        },
      ),
      { numRuns: 30 },
    );
  }, 30_000);
});
