import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import type { Draft } from '../state.ts';
import { append, appendAnswer, entriesOfTerms, tell, vote } from '../testing/forge.ts';
import { overhear, saidBy } from '../testing/overhear.ts';
import { nodeInRole } from '../testing/roles.ts';
import { silentCluster } from '../testing/silence.ts';
import type { Body } from '../wire/message.ts';
import { becomeCandidate, becomeFollower, becomeLeader } from './roles.ts';

const ROLES = ['follower', 'preCandidate', 'candidate', 'leader'] as const;

/** Every message of the consensus but the request of a pre-vote, which is of no term. */
const MESSAGES: readonly Body[] = [
  { type: 'preVoteAnswer', nextTerm: 3, granted: true },
  { type: 'preVoteAnswer', nextTerm: 4, granted: false },
  vote(9, 42),
  vote(9, 42, true),
  { type: 'voteAnswer', granted: true },
  append(1, 0),
  append(0, 0, { entries: entriesOfTerms(1, [0, 1]), commitIndex: 2, round: 9 }),
  appendAnswer(42, { round: 9 }),
  appendAnswer(0, { rejected: { previousIndex: 1, hintIndex: 0, hintTerm: 0 } }),
  { type: 'timeoutNow' },
  { type: 'fetch', index: 1, entryTerm: 0 },
  { type: 'fetchAnswer', index: 1, entryTerm: 0, state: 'absent', committed: false, entries: [] },
];

describe.each(ROLES)('a %s', (role) => {
  it('takes nothing of an earlier term for what it says, and tells only who must know (TestRejectStaleTermMessage, TestStepIgnoreOldTermMsg, TestOldMessages, Ongaro 3.3)', () => {
    for (const body of MESSAGES) {
      const cluster = nodeInRole(role);
      const { replica, journal } = cluster.node(0).state;
      const heard = overhear(cluster);
      // A pre-vote of an earlier term counts in the term it was asked for, and then from one voter only.
      if (role === 'preCandidate' && body.type === 'preVoteAnswer' && body.nextTerm === replica.term + 1) continue;
      tell(cluster, 2, 0, 1, body);
      expect(cluster.node(0).state.replica).toEqual(replica);
      expect(cluster.node(0).state.journal).toEqual(journal);
      const expected: Body[] = [];
      if (body.type === 'vote') expected.push({ type: 'voteAnswer', granted: false });
      if (body.type === 'append' || body.type === 'fetch') expected.push(appendAnswer(0));
      expect(saidBy(heard, 0)).toEqual(expected);
    }
  });

  it('follows in any later term it hears of, and keeps its log (TestAllServerStepdown, TestFollowerUpdateTermFromMessage, TestCandidateUpdateTermFromMessage, TestLeaderUpdateTermFromMessage, Ongaro 3.3)', () => {
    for (const body of MESSAGES) {
      const cluster = nodeInRole(role);
      const before = inspect(cluster.node(0).state);
      const believes = role === 'leader' || role === 'follower';
      if (body.type === 'vote' && !body.transfer && believes) continue;
      if (body.type === 'append' && body.entries.length > 0) continue;
      tell(cluster, 2, 0, 9, body);
      const leads = body.type === 'append' || body.type === 'fetch';
      expect(inspect(cluster.node(0).state)).toMatchObject({
        role: 'follower',
        term: 9,
        leader: leads ? 'r3' : undefined,
        votedFor: body.type === 'vote' ? 'r3' : undefined,
        lastIndex: before.lastIndex,
        termSpans: before.termSpans,
        commitIndex: before.commitIndex,
      });
      expect(cluster.node(0).state.replica.leadership).toBeUndefined();
    }
  });

  it('votes in a later term, unless it believes in a leader that did not ask for it (TestVoteFromAnyState)', () => {
    for (const transfer of [false, true]) {
      const cluster = nodeInRole(role);
      const { term } = inspect(cluster.node(0).state);
      const heard = overhear(cluster);
      tell(cluster, 2, 0, term + 1, vote(term + 1, 42, transfer));
      if (!transfer && (role === 'leader' || role === 'follower')) {
        expect(inspect(cluster.node(0).state)).toMatchObject({ role, term });
        expect(saidBy(heard, 0)).toEqual([]);
        continue;
      }
      expect(inspect(cluster.node(0).state)).toMatchObject({
        role: 'follower',
        term: term + 1,
        leader: undefined,
        votedFor: 'r3',
        durableVote: 'r3',
      });
      expect(saidBy(heard, 0)).toEqual([{ type: 'voteAnswer', granted: true }]);
    }
  });
});

describe('a vote of the same term', () => {
  it.each([
    ['candidate', 'has its own vote'],
    ['leader', 'has its own vote'],
    ['follower', 'follows the leader of that term'],
  ] as const)('is refused by a %s: it %s (TestRecvMsgVote, TestFollowerVote)', (role, _why) => {
    const cluster = nodeInRole(role);
    const before = cluster.node(0).state.replica;
    const heard = overhear(cluster);
    tell(cluster, 2, 0, before.term, vote(9, 42, true));
    expect(cluster.node(0).state.replica).toEqual(before);
    expect(saidBy(heard, 0)).toEqual([{ type: 'voteAnswer', granted: false }]);
  });
});

describe('a voter', () => {
  it('lets its candidate have a whole election timeout, and one it refused none (TestFollowerVote, Ongaro 3.4)', () => {
    const cluster = silentCluster(3);
    cluster.run(400);
    const { electionDeadline } = cluster.node(0).state.replica;
    tell(cluster, 2, 0, 1, vote(0, 0));
    expect(cluster.node(0).state.replica).toMatchObject({ electionDeadline, votedFor: undefined, term: 1 });
    tell(cluster, 1, 0, 1, vote(0, 1));
    expect(cluster.node(0).state.replica.votedFor).toBe('r2');
    expect(cluster.node(0).state.replica.electionDeadline).toBeGreaterThanOrEqual(cluster.now + 500);
  });
});

describe('roles', () => {
  it('follow each other in no other way than these (TestStateTransition, Ongaro figure 3.3)', () => {
    const draftOf = (role: (typeof ROLES)[number]): Draft => ({ ...nodeInRole(role).node(0).state, effects: [] });
    for (const role of ['follower', 'preCandidate', 'leader'] as const) {
      expect(() => becomeLeader(draftOf(role))).toThrow('cannot become leader');
    }
    for (const role of ROLES) {
      const back = draftOf(role);
      expect(() => becomeFollower(back, back.replica.term - 1, undefined, 'for the test')).toThrow('go back');
      const again = draftOf(role);
      const { term, votedFor } = again.replica;
      becomeFollower(again, term, undefined, 'for the test');
      expect(again.replica).toMatchObject({ role: 'follower', term, votedFor, leadership: undefined });
      if (role === 'leader') continue;
      const onward = draftOf(role);
      becomeCandidate(onward, false);
      expect(onward.replica).toMatchObject({ role: 'candidate', term: onward.replica.term, votedFor: 'r1' });
      expect(onward.replica.term).toBe(term + 1);
    }
  });
});
