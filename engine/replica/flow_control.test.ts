import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { appendAnswer, tell } from '../testing/forge.ts';
import { giveLog } from '../testing/logs.ts';
import { appendsTo } from '../testing/overhear.ts';
import { record } from '../testing/records.ts';
import { lead, progressOf, quietLeader } from '../testing/roles.ts';
import { heal, isHandshake, silentCluster } from '../testing/silence.ts';

describe('a leader', () => {
  it('keeps as many appends in flight as the window allows, and goes on as answers come (TestMsgAppFlowControlFull, TestMsgAppFlowControlMoveForward)', () => {
    const { cluster, leader, follower, term } = quietLeader({ inflightAppendsMax: 4, appendBytesMax: 10 });
    const appends = appendsTo(cluster, follower);
    const { lastIndex } = inspect(cluster.node(leader).state);
    for (let lsn = 1n; lsn <= 20n; lsn++) cluster.propose(leader, record(lsn, 'many bytes'));
    cluster.settle();
    expect(appends.map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1]);
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 1));
    expect(appends).toHaveLength(5);
    // Cumulative: an answer for all four opens the window for four.
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 5));
    expect(appends).toHaveLength(9);
    // Repeated and old answers open nothing.
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 2));
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 5));
    expect(appends).toHaveLength(9);
    expect(progressOf(cluster, leader, follower).inflight).toHaveLength(4);
  });

  it('keeps as many bytes in flight as the window allows, and one append however large (TestProgressFlowControl)', () => {
    const { cluster, leader, follower, term } = quietLeader({ inflightBytesMax: 50, appendBytesMax: 10 });
    const appends = appendsTo(cluster, follower);
    const { lastIndex } = inspect(cluster.node(leader).state);
    for (let lsn = 1n; lsn <= 10n; lsn++) cluster.propose(leader, record(lsn, 'many bytes'));
    cluster.settle();
    // A frame has 12 bytes of header: 22 each, so the third reaches the bound.
    expect(appends).toHaveLength(3);
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 3));
    expect(appends).toHaveLength(6);
    const one = quietLeader({ inflightBytesMax: 1 });
    const others = appendsTo(one.cluster, one.follower);
    one.cluster.propose(one.leader, record(1n, 'x'.repeat(1_000)));
    one.cluster.settle();
    expect(others).toHaveLength(1);
  });

  it('finds out by a heartbeat what of a full window was lost (TestMsgAppFlowControlRecvHeartbeat, replicate_pause.txt)', () => {
    const { cluster, leader, follower } = quietLeader({ inflightAppendsMax: 2, appendBytesMax: 10 });
    for (let lsn = 1n; lsn <= 10n; lsn++) cluster.propose(leader, record(lsn, 'many bytes'));
    cluster.settle();
    expect(progressOf(cluster, leader, follower).inflight).toHaveLength(2);
    heal(cluster);
    cluster.run(400);
    expect(progressOf(cluster, leader, follower).inflight).toEqual([]);
    expect(inspect(cluster.node(follower).state).lastLsn).toBe(10n);
  });

  it('probes with one append at a time (TestSendAppendForProgressProbe, TestProgressPaused, TestMsgAppRespWaitReset)', () => {
    const { cluster, leader, follower, term } = quietLeader();
    cluster.restart(follower);
    const appends = appendsTo(cluster, follower);
    cluster.settle();
    for (let lsn = 1n; lsn <= 5n; lsn++) {
      cluster.propose(leader, record(lsn, 'x'));
      cluster.settle();
    }
    expect(appends.filter(({ entries }) => entries.length > 0)).toHaveLength(1);
    const { lastIndex } = inspect(cluster.node(leader).state);
    tell(cluster, follower, leader, term, appendAnswer(lastIndex - 4));
    expect(appends.at(-1)).toMatchObject({ previousIndex: lastIndex - 4 });
    expect(appends.at(-1)?.entries).toHaveLength(4);
    expect(progressOf(cluster, leader, follower).state).toBe('replicate');
  });

  // Its log before its no-op, of term 2, at index 4: the founding entry and two of term 1. The no-op is on its way.
  it.each([
    [
      'a refusal of another append',
      appendAnswer(0, { rejected: { previousIndex: 4, hintIndex: 2, hintTerm: 1 } }),
      'probe',
      0,
      4,
      [],
    ],
    [
      'a refusal with a hint',
      appendAnswer(0, { rejected: { previousIndex: 3, hintIndex: 2, hintTerm: 1 } }),
      'probe',
      0,
      3,
      [[2, 2]],
    ],
    [
      'a refusal by one who has nothing',
      appendAnswer(0, { rejected: { previousIndex: 3, hintIndex: 0, hintTerm: 0 } }),
      'probe',
      0,
      1,
      [[0, 4]],
    ],
    // The no-op that was in the probe is not sent again.
    ['an answer that nothing is on its disk yet', appendAnswer(0), 'replicate', 0, 5, []],
    ['an answer that its log is there', appendAnswer(3), 'replicate', 3, 5, []],
    ['an answer that the no-op is there too', appendAnswer(4), 'replicate', 4, 5, []],
  ] as const)(
    'that probes, given %s, goes on from the right place (TestLeaderAppResp, TestHandleHeartbeatResp)',
    (_, answer, state, matchIndex, nextIndex, sent) => {
      const cluster = silentCluster(3);
      giveLog(cluster, 0, 2, [1, 1]);
      lead(cluster, 0, 2, 1);
      expect(progressOf(cluster, 0, 1)).toMatchObject({ state: 'probe', matchIndex: 0, nextIndex: 4, probing: true });
      const appends = appendsTo(cluster, 1);
      tell(cluster, 1, 0, 2, answer);
      expect(progressOf(cluster, 0, 1)).toMatchObject({ state, matchIndex, nextIndex });
      expect(appends.map(({ previousIndex, entries }) => [previousIndex, entries.length])).toEqual(sent);
      expect(inspect(cluster.node(0).state).commitIndex).toBe(matchIndex === 4 ? 4 : 0);
    },
  );

  it('finds out by a heartbeat that a follower it probes is up to date, or that the probe was lost (heartbeat_resp_recovers_from_probing.txt, TestProgressResumeByHeartbeatResp)', () => {
    const { cluster, leader, follower } = quietLeader();
    const { lastIndex } = inspect(cluster.node(leader).state);
    cluster.restart(follower);
    cluster.settle();
    expect(progressOf(cluster, leader, follower)).toMatchObject({ state: 'probe', matchIndex: 0 });
    heal(cluster);
    cluster.run(100);
    expect(progressOf(cluster, leader, follower)).toMatchObject({ state: 'replicate', matchIndex: lastIndex });
    cluster.deliver = isHandshake;
    cluster.restart(follower);
    cluster.settle();
    cluster.propose(leader, record(1n, 'in the probe that is lost'));
    cluster.settle();
    expect(progressOf(cluster, leader, follower)).toMatchObject({ state: 'probe', probing: true });
    heal(cluster);
    cluster.run(100);
    expect(progressOf(cluster, leader, follower)).toMatchObject({ state: 'replicate', matchIndex: lastIndex + 1 });
  });
});
