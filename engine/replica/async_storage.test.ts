import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, entriesOfTerms, tell, termsOf } from '../testing/forge.ts';
import { expectSameLogs, giveLog } from '../testing/logs.ts';
import { answersOf } from '../testing/overhear.ts';
import { record } from '../testing/records.ts';
import { lead, quietLeader } from '../testing/roles.ts';
import { heal, isHandshake, silentCluster } from '../testing/silence.ts';

/** Lets the disk carry out what waits first; what it is asked for because of that waits again. */
function workOnce(cluster: CalmCluster, i: number): void {
  const [first, ...others] = cluster.node(i).stalled ?? [];
  if (first === undefined) throw new Error('the disk has nothing to do');
  cluster.node(i).stalled = [first];
  cluster.resumeDisk(i);
  cluster.node(i).stalled = others;
  cluster.settle();
}

describe('a follower whose disk is slow', () => {
  it('takes the completion of a truncated write for no proof (async_storage_writes_append_aba_race.txt)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1]);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 1, append(2, 1, { entries: entriesOfTerms(3, [1, 1, 1]) }));
    // Another leader replaces them while they are being written; term 2 itself is not on the disk either.
    tell(cluster, 2, 0, 2, append(2, 1, { entries: entriesOfTerms(3, [2, 2, 2]) }));
    const answers = answersOf(cluster, 0);
    workOnce(cluster, 0);
    expect(inspect(cluster.node(0).state)).toMatchObject({ lastIndex: 5, durableIndex: 2 });
    expect(answers.every(({ matchIndex }) => matchIndex <= 2)).toBe(true);
    cluster.resumeDisk(0);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ lastIndex: 5, durableIndex: 5 });
    expect(answers.at(-1)?.matchIndex).toBe(5);
    cluster.restart(0);
    cluster.settle();
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 2, 2, 2]);
  });

  it('nor that of any write before the last, when leader after leader replaces the same entry (async_storage_writes_append_aba_race.txt)', () => {
    // As in etcd's transcript: entry 2 of term 1, then 2, then 3, all while the first is being written.
    const cluster = silentCluster(7);
    const answers = answersOf(cluster, 0);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entriesOfTerms(2, [1]) }));
    tell(cluster, 2, 0, 2, append(1, 0, { entries: entriesOfTerms(2, [2]) }));
    // The last leader is heard of by a heartbeat before its entry comes.
    tell(cluster, 3, 0, 3, append(1, 0));
    tell(cluster, 3, 0, 3, append(1, 0, { entries: entriesOfTerms(2, [3]) }));
    for (let writes = 0; !answers.some(({ matchIndex }) => matchIndex >= 2); writes++) {
      expect(writes).toBeLessThan(20);
      workOnce(cluster, 0);
    }
    // In the instant of the acknowledgement the power fails: what was acknowledged is there.
    cluster.node(0).stalled = undefined;
    cluster.restart(0);
    cluster.settle();
    expect(termsOf(cluster.node(0).state)).toEqual([0, 3]);
    expect(inspect(cluster.node(0).state)).toMatchObject({ term: 3, durableIndex: 2 });
  });

  it('knows to be committed what its disk does not have yet, serves it, and acknowledges less (last stored behind the commit index; async_storage_writes_apply_nonlocally_committed.txt)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const slow = (leader + 1) % 3;
    const { lastIndex } = inspect(cluster.node(leader).state);
    cluster.node(slow).stalled = [];
    for (const lsn of [1n, 2n, 3n]) cluster.propose(leader, record(lsn, `record ${lsn}`));
    cluster.run(200);
    expect(inspect(cluster.node(slow).state)).toMatchObject({
      lastIndex: lastIndex + 3,
      commitIndex: lastIndex + 3,
      durableIndex: lastIndex,
    });
    const read = cluster.read(slow, { kind: 'record', lsn: 3n }, 'local');
    cluster.settle();
    expect(cluster.answer(slow, read)).toMatchObject({ kind: 'record', lsn: 3n });
    const answers = answersOf(cluster, slow);
    const { term } = inspect(cluster.node(leader).state);
    tell(cluster, leader, slow, term, append(lastIndex + 3, term, { commitIndex: lastIndex + 3 }));
    expect(answers).toMatchObject([{ matchIndex: lastIndex, rejected: undefined }]);
    // The power fails: what was committed elsewhere is not there, and comes back.
    cluster.node(slow).stalled = undefined;
    cluster.restart(slow);
    cluster.settle();
    expect(inspect(cluster.node(slow).state).lastIndex).toBeLessThanOrEqual(lastIndex);
    heal(cluster);
    cluster.run(300);
    expect(inspect(cluster.node(slow).state)).toMatchObject({
      commitIndex: lastIndex + 3,
      durableIndex: lastIndex + 3,
    });
    expectSameLogs(cluster);
  });

  it('that is elected counts itself only as far as its disk is, below what it knows to be committed (last stored behind the commit index)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1]);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 1, append(2, 1, { entries: entriesOfTerms(3, [1, 1]), commitIndex: 4 }));
    const logWrites = cluster.node(0).stalled ?? [];
    cluster.node(0).stalled = undefined;
    lead(cluster, 0, 1, 1);
    expect(inspect(cluster.node(0).state)).toMatchObject({ lastIndex: 5, commitIndex: 4, durableIndex: 2 });
    tell(cluster, 1, 0, 2, appendAnswer(5));
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 4, durableIndex: 2 });
    cluster.node(0).stalled = [...logWrites];
    cluster.resumeDisk(0);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 5, durableIndex: 5 });
  });
});

describe('a leader whose disk is slow', () => {
  it('that was deposed meanwhile does not take its completed write for an acknowledgement (TestLeaderMsgAppSelfAckAfterTermChange)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const { lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    cluster.node(leader).stalled = [];
    const request = cluster.propose(leader, record(1n, 'somedata'));
    cluster.settle();
    // One other disk has it: with its own that would be a quorum.
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 1));
    const answers = answersOf(cluster, leader);
    tell(cluster, other, leader, term + 1, append(lastIndex, term));
    expect(cluster.answer(leader, request)?.kind).toBe('unknown');
    cluster.resumeDisk(leader);
    cluster.settle();
    expect(inspect(cluster.node(leader).state)).toMatchObject({
      role: 'follower',
      term: term + 1,
      commitIndex,
      durableIndex: lastIndex + 1,
    });
    // To the new leader it acknowledges what they were compared on, not what it once wrote itself.
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.every(({ matchIndex }) => matchIndex === lastIndex)).toBe(true);
  });

  it('that leads again when the write of its earlier term is done commits nothing by it alone (TestLeaderMsgAppSelfAckAfterTermChange, Ongaro figure 3.7)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const { lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    cluster.node(leader).stalled = [];
    cluster.propose(leader, record(1n, 'somedata'));
    cluster.settle();
    const logWrites = cluster.node(leader).stalled ?? [];
    cluster.node(leader).stalled = undefined;
    cluster.deliver = isHandshake;
    lead(cluster, leader, other, term + 1);
    tell(cluster, follower, leader, term + 2, appendAnswer(lastIndex + 1));
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 2));
    cluster.node(leader).stalled = [...logWrites];
    cluster.resumeDisk(leader);
    cluster.settle();
    // Its old entry is on two disks of three, and its new one on its own.
    expect(inspect(cluster.node(leader).state)).toMatchObject({
      role: 'leader',
      commitIndex,
      durableIndex: lastIndex + 2,
    });
    tell(cluster, follower, leader, term + 2, appendAnswer(lastIndex + 2));
    expect(inspect(cluster.node(leader).state).commitIndex).toBe(lastIndex + 2);
  });
});
