import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { appendAnswer, opened, tell, termsOf } from '../testing/forge.ts';
import { expectSameLogs, giveLog } from '../testing/logs.ts';
import { record } from '../testing/records.ts';
import { lead, progressOf, quietLeader, timeOut } from '../testing/roles.ts';
import { heal, isolate, silentCluster } from '../testing/silence.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';

describe('a leader', () => {
  it('does not commit an entry of an older term by counting it (TestLeaderOnlyCommitsLogFromCurrentTerm, TestCommit, Ongaro figure 3.7)', () => {
    const cluster = silentCluster(5);
    // (c) of the figure: S1 leads term 4, its entry of term 2 is on S2 and S3; S5 has one of term 3 instead.
    for (const i of [0, 1, 2]) giveLog(cluster, i, 3, [1, 2]);
    giveLog(cluster, 4, 3, [1, 3]);
    lead(cluster, 0, 3, 3);
    for (const i of [1, 2]) tell(cluster, i, 0, 4, appendAnswer(3));
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 0, lastIndex: 4 });
    // (e): through an entry of its own term everything before it is committed.
    tell(cluster, 1, 0, 4, appendAnswer(4));
    expect(inspect(cluster.node(0).state).commitIndex).toBe(0);
    tell(cluster, 2, 0, 4, appendAnswer(4));
    expect(inspect(cluster.node(0).state).commitIndex).toBe(4);
  });

  it('may lose such an entry to a later leader ((d) of Ongaro figure 3.7)', () => {
    const cluster = silentCluster(5);
    for (const i of [0, 1, 2]) giveLog(cluster, i, 3, [1, 2]);
    giveLog(cluster, 4, 3, [1, 3]);
    lead(cluster, 4, 3, 4);
    heal(cluster);
    cluster.run(1_000);
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 3, 5]);
    expectSameLogs(cluster);
  });

  it('counts its own disk like any other, and only when it is durable (TestProgressLeader, async_storage_writes.txt, Ongaro 10.2.1)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const { commitIndex } = inspect(cluster.node(leader).state);
    cluster.node(leader).stalled = [];
    const request = cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    tell(cluster, follower, leader, term, appendAnswer(commitIndex + 1));
    expect(inspect(cluster.node(leader).state).commitIndex).toBe(commitIndex);
    expect(cluster.answer(leader, request)).toBeUndefined();
    // Two followers are a quorum without it: a leader commits through them while its own disk is slow.
    tell(cluster, other, leader, term, appendAnswer(commitIndex + 1));
    expect(inspect(cluster.node(leader).state)).toMatchObject({
      commitIndex: commitIndex + 1,
      durableIndex: commitIndex,
    });
    expect(cluster.answer(leader, request)).toEqual({ kind: 'stored', lsn: 1n });
  });

  it('commits what an earlier leader left with an entry of its own, and not before (TestCannotCommitWithoutNewTermEntry, TestCommitWithoutNewTermEntry, Ongaro 3.6.2)', () => {
    const cluster = new CalmCluster(5, { limits: { ...DEFAULT_LIMITS, appendBytesMax: 1 } });
    const first = cluster.elect();
    cluster.run(300);
    const second = (first + 1) % 5;
    const { commitIndex } = inspect(cluster.node(first).state);
    // Two records reach one follower of four.
    cluster.deliver = (_from, to) => to === first || to === second;
    for (const lsn of [1n, 2n]) cluster.propose(first, record(lsn, 'old'));
    cluster.settle();
    expect(inspect(cluster.node(second).state)).toMatchObject({ lastIndex: commitIndex + 2, commitIndex });
    isolate(cluster, first);
    const withoutNoop = cluster.deliver;
    cluster.deliver = (from, to, bytes) => {
      const { body } = opened(bytes);
      return (
        withoutNoop(from, to, bytes) && !(body.type === 'append' && body.entries.some(({ kind }) => kind === 'noop'))
      );
    };
    cluster.now += 500;
    timeOut(cluster, second);
    expect(inspect(cluster.node(second).state)).toMatchObject({ role: 'leader', lastIndex: commitIndex + 3 });
    cluster.run(450);
    // By now the records are on four of five disks, and still no more than likely to stay.
    const matches = [2, 3, 4].map((distance) => progressOf(cluster, second, (first + distance) % 5).matchIndex);
    expect(matches).toEqual([commitIndex + 2, commitIndex + 2, commitIndex + 2]);
    expect(inspect(cluster.node(second).state)).toMatchObject({ role: 'leader', commitIndex });
    heal(cluster);
    cluster.run(200);
    for (const { state } of cluster.nodes) expect(inspect(state).commitIndex).toBe(commitIndex + 3);
    expectSameLogs(cluster);
  });

  it.each([[[]], [[2]], [[1, 2]], [[1]]])(
    'commits with its own entries the ones before them, of terms %j (TestLeaderCommitPrecedingEntries, Ongaro 3.6.2)',
    (terms) => {
      const cluster = silentCluster(3);
      giveLog(cluster, 0, 2, terms);
      lead(cluster, 0, 2, 2);
      const request = cluster.propose(0, record(9_000n, 'some data'));
      cluster.settle();
      const { lastIndex } = inspect(cluster.node(0).state);
      tell(cluster, 1, 0, 3, appendAnswer(lastIndex));
      expect(termsOf(cluster.node(0).state)).toEqual([0, ...terms, 3, 3]);
      expect(inspect(cluster.node(0).state).commitIndex).toBe(lastIndex);
      expect(cluster.answer(0, request)).toEqual({ kind: 'stored', lsn: 9_000n });
      expect(cluster.node(0).state.replica.commit).toMatchObject({ lsn: 9_000n, recordCount: terms.length + 1 });
    },
  );

  it.each([
    [3, [], false],
    [3, [1], true],
    [3, [1, 2], true],
    [4, [1], false],
    [4, [1, 2], true],
    [5, [], false],
    [5, [3], false],
    [5, [1, 3], true],
    [5, [1, 2, 3, 4], true],
  ])(
    'of %i commits a record that nodes %j have besides itself: %j (TestLeaderAcknowledgeCommit, Ongaro 3.5)',
    (count, acceptors, committed) => {
      const cluster = silentCluster(count);
      lead(cluster, 0, 1, 1);
      const request = cluster.propose(0, record(1n, 'some data'));
      cluster.settle();
      const { lastIndex } = inspect(cluster.node(0).state);
      for (let i = 1; i < count; i++) tell(cluster, i, 0, 2, appendAnswer(lastIndex - 1));
      expect(inspect(cluster.node(0).state).commitIndex).toBe(lastIndex - 1);
      for (const i of acceptors) tell(cluster, i, 0, 2, appendAnswer(lastIndex));
      expect(inspect(cluster.node(0).state).commitIndex === lastIndex).toBe(committed);
      expect(cluster.answer(0, request)?.kind).toBe(committed ? 'stored' : undefined);
    },
  );
});
