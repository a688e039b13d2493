import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { acknowledgeableIndex } from '../journal/log.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { damageRecord } from '../testing/damage.ts';
import { append, appendAnswer, entriesOfTerms, opened, tell, termsOf } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { DEFAULT_TIMING } from '../vocabulary/config.ts';
import { heal, isHandshake, silentCluster } from '../testing/silence.ts';
import type { Body } from '../wire/message.ts';

/**
 * Node 0 leads term 2 with entries 2 … 6 of term 1, the bytes of entry 4 lost: to rot, after it was noted that they were
 * synced, or to a power cut in the middle of their write. Nodes 2 and up voted for it.
 */
function leaderWithHole(count: number, others: readonly number[], lostTo: 'rot' | 'powerCut' = 'rot'): CalmCluster {
  const cluster = silentCluster(count);
  const sender = count - 1;
  for (const i of [0, ...others]) {
    tell(cluster, sender, i, 1, append(1, 0, { entries: entriesOfTerms(2, [1, 1, 1, 1, 1]) }));
  }
  if (lostTo === 'rot') cluster.run(QUIET_MS);
  damageRecord(cluster.node(0), 401n);
  cluster.restart(0);
  cluster.settle();
  expect(inspect(cluster.node(0).state).holes).toEqual([4]);
  lead(cluster, sender);
  return cluster;
}

/** After so long without a write it is noted that the last one was synced. */
const QUIET_MS = 11 * DEFAULT_TIMING.electionTimeoutMs;

function lead(cluster: CalmCluster, sender: number): void {
  tell(cluster, sender, 0, 1, append(1, 0));
  tell(cluster, sender, 0, 1, { type: 'timeoutNow' });
  for (let i = 1; i < cluster.nodes.length; i++) tell(cluster, i, 0, 2, { type: 'voteAnswer', granted: true });
  expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 2, holes: [4], lastIndex: 6 });
}

function absent(change: Partial<Body & { type: 'fetchAnswer' }> = {}): Body {
  return { type: 'fetchAnswer', index: 4, entryTerm: 1, state: 'absent', committed: false, entries: [], ...change };
}

describe('a leader with a hole in its log', () => {
  // Whatever a leader vouches for by the previous index of a heartbeat, followers hold for its log: and then it cut it.
  it('vouches for nothing behind the hole, which it may yet discard', () => {
    const cluster = leaderWithHole(5, [1]);
    const allowed = cluster.deliver;
    cluster.deliver = (from, to, bytes) => {
      const { type } = opened(bytes).body;
      const pair = from + to;
      return allowed(from, to, bytes) || ((pair === 1 || pair === 2) && (type === 'append' || type === 'appendAnswer'));
    };
    // The follower that has all of the old log confirms what it shares with the leader, but does not hear of the hole.
    cluster.run(150);
    expect(cluster.node(0).state.replica.leadership?.progress['r2']?.matchIndex).toBeLessThan(4);
    expect(cluster.node(1).state.replica.verifiedIndex).toBeLessThan(4);
    for (const i of [2, 3, 4]) tell(cluster, i, 0, 2, absent());
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], lastIndex: 4 });
    cluster.run(300);
    expect(termsOf(cluster.node(1).state)).toEqual([0, 1, 1, 2]);
    expect(termsOf(cluster.node(2).state)).toEqual([0, 1, 1, 2]);
    expect(inspect(cluster.node(0).state).commitIndex).toBe(4);
    expect(inspect(cluster.node(1).state).commitIndex).toBe(4);
  });

  it('asks every peer, and begins its term when one had the bytes and they are on its disk', () => {
    const cluster = leaderWithHole(3, [1]);
    heal(cluster);
    cluster.node(0).stalled = [];
    cluster.run(150);
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastIndex: 6 });
    const refused = cluster.propose(0, record(9_000n, 'too early'));
    cluster.settle();
    expect(cluster.answer(0, refused)?.kind).toBe('unavailable');
    cluster.resumeDisk(0);
    cluster.run(300);
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 1, 1, 1, 2]);
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], commitIndex: 7 });
    cluster.restart(0);
    cluster.run(300);
    expect(inspect(cluster.node(0).state).holes).toEqual([]);
  });

  it('does not count it as stored, nor what lies behind it, though the disk has that', () => {
    const cluster = leaderWithHole(3, []);
    tell(cluster, 1, 0, 2, appendAnswer(6));
    expect(inspect(cluster.node(0).state)).toMatchObject({ commitIndex: 0, durableIndex: 6 });
    expect(acknowledgeableIndex(cluster.node(0).state.journal)).toBe(3);
  });

  it('(a) discards it when a majority does not have it: its own missing bytes are no such answer', () => {
    const cluster = leaderWithHole(5, []);
    tell(cluster, 1, 0, 2, absent());
    tell(cluster, 1, 0, 2, absent());
    tell(cluster, 2, 0, 2, absent());
    tell(cluster, 3, 0, 2, absent({ state: 'hole' }));
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastIndex: 6 });
    tell(cluster, 3, 0, 2, absent());
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 2]);
    expect(cluster.node(0).observations).toContainEqual({ what: 'holeDiscarded', index: 4, lastIndex: 6 });
  });

  it('(a) counts itself among those that do not have it when the power cut its write short', () => {
    const cluster = leaderWithHole(3, [], 'powerCut');
    tell(cluster, 1, 0, 2, absent({ state: 'hole' }));
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastIndex: 6 });
    tell(cluster, 1, 0, 2, absent());
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 2]);
  });

  it('(b) discards it when every member answered, none has the bytes and none knows it committed', () => {
    const cluster = leaderWithHole(3, []);
    tell(cluster, 1, 0, 2, absent({ state: 'hole' }));
    expect(inspect(cluster.node(0).state).holes).toEqual([4]);
    tell(cluster, 2, 0, 2, absent());
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 2]);
  });

  it('never discards one that a member knows to be committed', () => {
    const cluster = leaderWithHole(3, []);
    tell(cluster, 1, 0, 2, absent({ state: 'hole', committed: true }));
    tell(cluster, 2, 0, 2, absent());
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastIndex: 6 });
  });

  it('goes by answers about that very entry in its own term', () => {
    const cluster = leaderWithHole(3, []);
    for (const i of [1, 2]) {
      tell(cluster, i, 0, 1, absent());
      tell(cluster, i, 0, 2, absent({ index: 5 }));
      tell(cluster, i, 0, 2, absent({ entryTerm: 2 }));
    }
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastIndex: 6 });
  });

  it('takes no bytes that its identifier does not vouch for', () => {
    const cluster = leaderWithHole(3, []);
    const [entry] = entriesOfTerms(4, [1]);
    if (entry === undefined) throw new Error('no entry');
    const other = { ...entry, checksum: entry.checksum + 1 };
    tell(cluster, 1, 0, 2, absent({ state: 'have', entries: [other] }));
    expect(inspect(cluster.node(0).state).holes).toEqual([4]);
    tell(cluster, 1, 0, 2, absent({ state: 'have', entries: [entry] }));
    expect(inspect(cluster.node(0).state).holes).toEqual([]);
    expect(cluster.node(0).observations).toContainEqual({ what: 'holeFilled', index: 4 });
  });
});

describe('a follower with a hole in its log', () => {
  it('does not acknowledge past it, and gets the bytes from the leader', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    for (let lsn = 1n; lsn <= 9n; lsn++) cluster.propose(leader, record(lsn, `record ${lsn}`));
    cluster.run(300);
    const damaged = (leader + 1) % 3;
    const held = inspect(cluster.node(damaged).state).lastIndex;
    damageRecord(cluster.node(damaged), 4n);
    damageRecord(cluster.node(damaged), 6n);
    const matches: number[] = [];
    cluster.deliver = (from, _to, bytes) => {
      const { body } = opened(bytes);
      const holes = cluster.node(damaged).state.journal.holes.size;
      if (from === damaged && body.type === 'appendAnswer' && holes === 2) matches.push(body.matchIndex);
      return true;
    };
    cluster.restart(damaged);
    cluster.run(1_000);
    expect(matches.length).toBeGreaterThan(0);
    expect(Math.max(...matches)).toBeLessThan(held - 5);
    expect(inspect(cluster.node(damaged).state)).toMatchObject({ holes: [], lastIndex: held, commitIndex: held });
    for (const lsn of [4n, 6n]) {
      const read = cluster.read(damaged, { kind: 'record', lsn }, 'local');
      cluster.settle();
      expect(cluster.answer(damaged, read)).toMatchObject({ kind: 'record', lsn });
    }
    cluster.restart(damaged);
    cluster.run(500);
    expect(inspect(cluster.node(damaged).state).holes).toEqual([]);
  });

  it('answers a leader what it has: the bytes, the name only, or nothing', () => {
    const cluster = silentCluster(3);
    const entries = entriesOfTerms(2, [1, 1, 1]);
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entries.slice(0, 2), commitIndex: 3 }));
    cluster.run(QUIET_MS);
    tell(cluster, 1, 0, 1, append(3, 1, { entries: entries.slice(2), commitIndex: 3 }));
    damageRecord(cluster.node(0), 301n);
    damageRecord(cluster.node(0), 401n);
    cluster.restart(0);
    cluster.settle();
    const answers: Body[] = [];
    cluster.deliver = (from, to, bytes) => {
      answers.push(opened(bytes).body);
      return isHandshake(from, to, bytes);
    };
    for (const [index, entryTerm] of [
      [2, 1],
      [3, 1],
      [4, 1],
      [4, 2],
      [9, 1],
    ] as const) {
      tell(cluster, 1, 0, 2, { type: 'fetch', index, entryTerm });
    }
    const states = answers.flatMap((body) => (body.type === 'fetchAnswer' ? [[body.state, body.entries.length]] : []));
    expect(states).toEqual([
      ['have', 1],
      ['hole', 0],
      // Cut short by the power: it never had that.
      ['absent', 0],
      ['absent', 0],
      ['absent', 0],
    ]);
  });
});

describe('a lone replica with a hole in its log', () => {
  /** Three acknowledged records, then three of one write that the power cut short; `damaged` lost its bytes. */
  function afterPowerCut(damaged: bigint): CalmCluster {
    const cluster = new CalmCluster(1);
    cluster.elect();
    for (let lsn = 1n; lsn <= 3n; lsn++) {
      cluster.propose(0, record(lsn, `record ${lsn}`));
      cluster.settle();
    }
    // While the first of these is written the others gather for the next write: the last.
    for (let lsn = 4n; lsn <= 7n; lsn++) cluster.propose(0, record(lsn, `record ${lsn}`));
    cluster.settle();
    damageRecord(cluster.node(0), damaged);
    cluster.restart(0);
    return cluster;
  }

  it('takes one in its last write for what the power cut short: nobody else can be asked', () => {
    const cluster = afterPowerCut(6n);
    cluster.elect();
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], lastLsn: 5n });
    const request = cluster.propose(0, record(6n, 'another'));
    cluster.settle();
    expect(cluster.answer(0, request)).toEqual({ kind: 'stored', lsn: 6n });
    cluster.restart(0);
    cluster.elect();
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], lastLsn: 6n });
  });

  it('but not once it was noted that this write was synced', () => {
    const cluster = new CalmCluster(1);
    cluster.elect();
    for (let lsn = 1n; lsn <= 4n; lsn++) cluster.propose(0, record(lsn, `record ${lsn}`));
    cluster.run(QUIET_MS);
    damageRecord(cluster.node(0), 4n);
    cluster.restart(0);
    cluster.run(5_000);
    expect(inspect(cluster.node(0).state)).toMatchObject({ lastLsn: 4n, role: 'leader' });
    expect(inspect(cluster.node(0).state).holes).toHaveLength(1);
  });

  it('still does so when it stops again before it had cut it', () => {
    const cluster = afterPowerCut(6n);
    cluster.settle();
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [8], role: 'follower' });
    cluster.restart(0);
    cluster.elect();
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [], lastLsn: 5n });
  });

  it('never discards one from before: that was acknowledged', () => {
    const cluster = afterPowerCut(2n);
    cluster.run(5_000);
    expect(inspect(cluster.node(0).state)).toMatchObject({ holes: [4], lastLsn: 7n, role: 'leader' });
    const request = cluster.propose(0, record(8n, 'x'));
    cluster.settle();
    expect(cluster.answer(0, request)?.kind).toBe('unavailable');
    const read = cluster.read(0, { kind: 'record', lsn: 1n }, 'local');
    cluster.settle();
    expect(cluster.answer(0, read)?.kind).not.toBe('damaged');
  });
});
