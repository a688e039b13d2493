import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, entriesOfTerms, tell, termsOf } from '../testing/forge.ts';
import { giveLog } from '../testing/logs.ts';
import { answersOf } from '../testing/overhear.ts';
import { record } from '../testing/records.ts';
import { progressOf, quietLeader, stand } from '../testing/roles.ts';
import { silentCluster } from '../testing/silence.ts';

describe('a follower', () => {
  it('refuses an append that its log does not reach, or contradicts, with the place to look next (TestFollowerCheckMsgApp, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1, 1, 3, 3, 3]);
    const answers = answersOf(cluster, 0);
    tell(cluster, 2, 0, 9, append(20, 8));
    tell(cluster, 2, 0, 9, append(6, 2));
    tell(cluster, 2, 0, 9, append(6, 8));
    expect(answers.map(({ rejected }) => rejected)).toEqual([
      { previousIndex: 20, hintIndex: 6, hintTerm: 3 },
      { previousIndex: 6, hintIndex: 3, hintTerm: 1 },
      { previousIndex: 6, hintIndex: 6, hintTerm: 3 },
    ]);
    expect(answers.every(({ matchIndex }) => matchIndex === 0)).toBe(true);
  });

  it('keeps what an old append does not contradict (TestFollowerAppendEntries, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    const entries = entriesOfTerms(2, [1, 1, 1, 1]);
    tell(cluster, 1, 0, 1, append(1, 0, { entries }));
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entries.slice(0, 2) }));
    tell(cluster, 1, 0, 1, append(1, 0));
    expect(inspect(cluster.node(0).state).lastIndex).toBe(5);
  });

  it('commits no further than what it compared with this leader (TestHandleMsgApp, TestHandleHeartbeat, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1, 1, 1, 1]);
    // The new leader's log goes another way from index 4 on; its heartbeat says so only up to 3.
    tell(cluster, 2, 0, 2, append(3, 1, { commitIndex: 5 }));
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 3, lastIndex: 5 });
    tell(cluster, 2, 0, 2, append(3, 1, { commitIndex: 5, entries: entriesOfTerms(4, [2, 2]) }));
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 5, lastIndex: 5 });
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 2, 2]);
  });

  it('acknowledges entries, and what it had before, only when they are on its disk (Ongaro 3.8)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 1, append(1, 0));
    cluster.node(0).stalled = [];
    const answers = answersOf(cluster, 0);
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entriesOfTerms(2, [1, 1]) }));
    expect(answers).toEqual([]);
    // A heartbeat is answered at once; it must not vouch for what only memory holds.
    tell(cluster, 1, 0, 1, append(3, 1, { round: 7 }));
    expect(answers).toEqual([{ type: 'appendAnswer', round: 7, matchIndex: 1, rejected: undefined }]);
    cluster.resumeDisk(0);
    cluster.settle();
    expect(answers.slice(1)).toEqual([{ type: 'appendAnswer', round: 7, matchIndex: 3, rejected: undefined }]);
  });

  it('that a restart put back acknowledges anew, and counts for nothing before (commit_index_regression.txt)', () => {
    const { cluster, leader, follower, term } = quietLeader();
    const { lastIndex } = inspect(cluster.node(leader).state);
    cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    cluster.restart(follower);
    cluster.settle();
    expect(progressOf(cluster, leader, follower)).toMatchObject({
      matchIndex: 0,
      state: 'probe',
      round: 0,
      inflight: [],
    });
    expect(inspect(cluster.node(leader).state)).toMatchObject({ commitIndex: lastIndex, lastIndex: lastIndex + 1 });
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 1));
    expect(inspect(cluster.node(leader).state).commitIndex).toBe(lastIndex + 1);
  });

  // The log of the follower: the founding entry, then one of term 1 and one of term 2.
  it.each([
    ['another term there', append(3, 3, { commitIndex: 4 }), [0, 1, 2], 0, true],
    ['nothing there', append(4, 3, { commitIndex: 4 }), [0, 1, 2], 0, true],
    ['a heartbeat inside the log', append(2, 1, { commitIndex: 2 }), [0, 1, 2], 2, false],
    [
      'a conflict at the first entry',
      append(1, 0, { commitIndex: 2, entries: entriesOfTerms(2, [2]) }),
      [0, 2],
      2,
      false,
    ],
    ['two to append', append(3, 2, { commitIndex: 4, entries: entriesOfTerms(4, [2, 2]) }), [0, 1, 2, 2, 2], 4, false],
    ['one to append', append(3, 2, { commitIndex: 5, entries: entriesOfTerms(4, [2]) }), [0, 1, 2, 2], 4, false],
    ['one it has', append(2, 1, { commitIndex: 5, entries: entriesOfTerms(3, [2]) }), [0, 1, 2], 3, false],
    ['commitment behind what was compared', append(2, 1, { commitIndex: 4 }), [0, 1, 2], 2, false],
    ['commitment behind the end', append(3, 2, { commitIndex: 5 }), [0, 1, 2], 3, false],
    ['entries for the middle', append(2, 1, { entries: entriesOfTerms(3, [3, 4]) }), [0, 1, 3, 4], 0, false],
    ['the first entry, again', append(1, 0, { entries: entriesOfTerms(2, [1]) }), [0, 1, 2], 0, false],
    ['another first entry', append(1, 0, { entries: entriesOfTerms(2, [3]) }), [0, 3], 0, false],
  ] as const)(
    'that is sent %s does as it should, on its disk too (TestHandleMsgApp, TestFollowerAppendEntries, TestFollowerCommitEntry, Ongaro figure 3.1)',
    (_, body, terms, commitIndex, refused) => {
      const cluster = silentCluster(3);
      giveLog(cluster, 0, 1, [1, 2]);
      const answers = answersOf(cluster, 0);
      tell(cluster, 2, 0, 4, body);
      expect(termsOf(cluster.node(0).state)).toEqual(terms);
      expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex, durableIndex: terms.length });
      expect(answers.length).toBeGreaterThan(0);
      for (const { rejected } of answers) expect(rejected !== undefined).toBe(refused);
      cluster.restart(0);
      cluster.settle();
      expect(termsOf(cluster.node(0).state)).toEqual(terms);
    },
  );

  it('answers an append again that it was sent again: its first answer may be lost (TestFollowerCheckMsgApp, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    const answers = answersOf(cluster, 0);
    const entries = entriesOfTerms(2, [1, 1, 1]);
    for (const count of [2, 2, 3, 1]) tell(cluster, 1, 0, 1, append(1, 0, { entries: entries.slice(0, count) }));
    const matches = answers.map(({ matchIndex }) => matchIndex);
    expect(matches.slice(matches.indexOf(3))).toEqual([3, 3, 4, 4]);
  });

  it('that stood and lost vouches to the winner for nothing that another leader gave it (TestCandidateFallback, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entriesOfTerms(2, [1, 1, 1, 1]), round: 7 }));
    stand(cluster, 0, 1, 1);
    const answers = answersOf(cluster, 0);
    // Its log may be another from index 4 on.
    tell(cluster, 2, 0, 2, append(3, 1, { commitIndex: 5, round: 2 }));
    expect(answers).toEqual([{ type: 'appendAnswer', matchIndex: 3, round: 2, rejected: undefined }]);
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 3, lastIndex: 5, durableIndex: 5 });
  });

  it('never takes back what it knows to be committed (TestHandleHeartbeat, Ongaro 3.5)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1, 1, 1]);
    for (const [told, known] of [
      [3, 3],
      [2, 3],
      [0, 3],
      [4, 4],
    ] as const) {
      tell(cluster, 1, 0, 1, append(4, 1, { commitIndex: told }));
      expect(inspect(cluster.node(0).state).commitIndex).toBe(known);
    }
    tell(cluster, 2, 0, 2, append(1, 0, { commitIndex: 1 }));
    expect(inspect(cluster.node(0).state).commitIndex).toBe(4);
  });

  it('learns within one heartbeat what was committed while its answers were lost (lagging_commit.txt)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const [other, lagging] = [(leader + 1) % 3, (leader + 2) % 3];
    // It gets the entries; then it is not heard, and hears nothing of their being committed.
    cluster.deliver = (from) => from !== lagging;
    const requests = [1n, 2n].map((lsn) => cluster.propose(leader, record(lsn, 'x')));
    cluster.settle();
    cluster.deliver = (from, to) => from !== lagging && to !== lagging;
    cluster.run(100);
    for (const request of requests) expect(cluster.answer(leader, request)?.kind).toBe('stored');
    const { commitIndex } = inspect(cluster.node(leader).state);
    expect(inspect(cluster.node(other).state).commitIndex).toBe(commitIndex);
    expect(inspect(cluster.node(lagging).state).commitIndex).toBe(commitIndex - 2);
    expect(progressOf(cluster, leader, lagging).matchIndex).toBe(commitIndex - 2);
    cluster.deliver = (from) => from !== lagging;
    cluster.run(100);
    // The leader does not know yet that it has them; it needs no round trip more.
    expect(inspect(cluster.node(lagging).state).commitIndex).toBe(commitIndex);
    expect(progressOf(cluster, leader, lagging).matchIndex).toBe(commitIndex - 2);
  });
});
