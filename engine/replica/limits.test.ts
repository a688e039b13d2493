import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, opened, tell } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { lead, quietLeader } from '../testing/roles.ts';
import { heal, isolate } from '../testing/silence.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Answer } from '../vocabulary/requests.ts';

describe('memory', () => {
  it.each([
    [1, 50_000],
    [3, 5_000],
  ])(
    'of %i replicas stays flat while %i records go through',
    (count, records) => {
      const limits = { ...DEFAULT_LIMITS, tailEntriesMax: 64, tailBytesMax: 4_000 };
      const cluster = new CalmCluster(count, { limits, segmentBytes: 10_000 });
      const leader = cluster.elect();
      const batch = 500;
      for (let lsn = 0; lsn < records; ) {
        for (let i = 0; i < batch; i++) cluster.propose(leader, record(BigInt(++lsn), 'a record'));
        cluster.settle();
        for (const { state } of cluster.nodes) expect(state.journal.tail.size).toBeLessThanOrEqual(81 + batch);
      }
      cluster.run(500);
      for (const { state } of cluster.nodes) {
        expect(inspect(state)).toMatchObject({ lastLsn: BigInt(records), openRequests: 0 });
        expect(state.replica.commit.recordCount).toBe(records);
        expect(state.journal.tail.size).toBeLessThanOrEqual(81);
        expect(state.journal.full.length).toBeLessThan(3);
        expect(state.replica.deferred).toEqual([]);
        expect(state.admission).toMatchObject({ uncommittedBytes: 0, held: [], heldBytes: 0 });
      }
    },
    30_000,
  );

  it('of a leader that a quorum left is bounded by the uncommitted bytes (TestNodeBoundedLogGrowthWithPartition, TestRawNodeBoundedLogGrowthWithPartition)', () => {
    const { cluster, leader } = quietLeader({ uncommittedBytesMax: 1_000 });
    const requests: number[] = [];
    for (let lsn = 1n; lsn <= 200n; lsn++) requests.push(cluster.propose(leader, record(lsn, 'x'.repeat(38))));
    cluster.settle();
    expect(cluster.node(leader).state.journal.tailBytes).toBeLessThan(1_300);
    const kinds = requests.map((request) => cluster.answer(leader, request)?.kind);
    expect(kinds.filter((kind) => kind === undefined)).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'overloaded')).toHaveLength(180);
    cluster.run(1_500);
    expect(requests.map((request) => cluster.answer(leader, request)?.kind)).not.toContain(undefined);
    expect(inspect(cluster.node(leader).state).openRequests).toBe(0);
  });

  it('of a leader whose own disk is slow is bounded too, though its followers commit', () => {
    const { cluster, leader } = quietLeader({ uncommittedBytesMax: 1_000, tailBytesMax: 1_000 });
    heal(cluster);
    cluster.node(leader).stalled = [];
    const kinds = new Set<string | undefined>();
    for (let lsn = 1n; lsn <= 500n; lsn++) {
      const request = cluster.propose(leader, record(lsn, 'x'.repeat(38)));
      cluster.settle();
      kinds.add(cluster.answer(leader, request)?.kind);
    }
    expect(kinds).toEqual(new Set(['stored', 'overloaded']));
    expect(cluster.node(leader).state.journal.tailBytes).toBeLessThan(2_300);
    cluster.resumeDisk(leader);
    cluster.settle();
    const later = cluster.propose(leader, record(1_000n, 'x'));
    cluster.settle();
    expect(cluster.answer(leader, later)?.kind).toBe('stored');
  });
});

describe('the bytes that wait to be committed', () => {
  it('are bounded, but the first record always enters, and what has no bytes too (TestUncommittedEntryLimit)', () => {
    const records = 64;
    const frameBytes = 12 + 8;
    const { cluster, leader, follower, term } = quietLeader({ uncommittedBytesMax: records * frameBytes });
    let lsn = 0n;
    const propose = (text: string): Answer | undefined => {
      lsn += 1n;
      const request = cluster.propose(leader, record(lsn, text));
      cluster.settle();
      return cluster.answer(leader, request);
    };
    const commitAll = (): void => {
      tell(cluster, follower, leader, term, appendAnswer(inspect(cluster.node(leader).state).lastIndex));
      expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(0);
    };
    for (let i = 0; i < records; i++) expect(propose('testdata')).toBeUndefined();
    expect(propose('testdata')?.kind).toBe('overloaded');
    commitAll();
    // One that is larger than the bound alone: there was room before it.
    expect(propose('x'.repeat(3 * records * frameBytes))).toBeUndefined();
    expect(propose('testdata')?.kind).toBe('overloaded');
    const raise = cluster.propose(leader, { kind: 'generation', generation: 1 });
    cluster.settle();
    expect(cluster.answer(leader, raise)).toBeUndefined();
    commitAll();
    expect(cluster.answer(leader, raise)?.kind).toBe('generationRaised');
    expect(inspect(cluster.node(leader).state).openRequests).toBe(0);
  });

  it('are counted anew by each leader: those that an earlier one left are among them (TestUncommittedEntryLimit)', () => {
    const { cluster, leader, follower, other, term } = quietLeader({ uncommittedBytesMax: 100 });
    const frameBytes = 12 + 30;
    for (const lsn of [1n, 2n]) cluster.propose(leader, record(lsn, 'x'.repeat(30)));
    cluster.settle();
    lead(cluster, leader, other, term + 1);
    expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(2 * frameBytes);
    const refused = cluster.propose(leader, record(3n, 'x'.repeat(30)));
    cluster.settle();
    expect(cluster.answer(leader, refused)?.kind).toBe('overloaded');
    tell(cluster, follower, leader, term + 2, appendAnswer(inspect(cluster.node(leader).state).lastIndex));
    expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(0);
    // A leader that is deposed has none.
    cluster.propose(leader, record(4n, 'x'));
    cluster.settle();
    expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(13);
    tell(cluster, other, leader, term + 9, append(0, 0));
    expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(0);
  });
});

describe('a log that is sent in pieces', () => {
  it.each([1, 30, 100])(
    'of at most %i bytes arrives without a gap, from memory and from the disk, over restarts (TestNodeCommitPaginationAfterRestart, TestRawNodeCommitPaginationAfterRestart)',
    (appendBytesMax) => {
      const limits = { ...DEFAULT_LIMITS, appendBytesMax, inflightAppendsMax: 3, tailEntriesMax: 4, tailBytesMax: 100 };
      const cluster = new CalmCluster(3, { limits, segmentBytes: 200 });
      const leader = cluster.elect();
      cluster.run(300);
      const behind = (leader + 1) % 3;
      isolate(cluster, behind);
      // Sizes on both sides of the bound; the last record alone is above it.
      for (let lsn = 1n; lsn <= 30n; lsn++) {
        cluster.propose(leader, record(lsn, 'x'.repeat(lsn === 30n ? 200 : Number(lsn) % 7)));
        if (lsn % 5n === 0n) cluster.run(20);
      }
      cluster.run(200);
      const { commitIndex } = inspect(cluster.node(leader).state);
      for (let i = 0; i < 3; i++) cluster.restart(i);
      const pieces: number[] = [];
      cluster.deliver = (_from, to, bytes) => {
        const { body } = opened(bytes);
        if (to === behind && body.type === 'append' && body.entries.length > 0) {
          const sizes = body.entries.map((entry) => entry.body.length);
          if (sizes.length > 1) pieces.push(sizes.reduce((sum, size) => sum + size, 0));
          const indexes = body.entries.map(({ index }) => index);
          expect(indexes).toEqual(indexes.map((_, at) => body.previousIndex + 1 + at));
        }
        return true;
      };
      cluster.elect();
      cluster.run(1_000);
      for (const bytes of pieces) expect(bytes).toBeLessThanOrEqual(appendBytesMax);
      expect(inspect(cluster.node(behind).state).commitIndex).toBeGreaterThan(commitIndex);
      for (let i = 0; i < 3; i++) {
        expect(cluster.node(i).state.replica.commit).toMatchObject({ lsn: 30n, recordCount: 30 });
        for (let lsn = 1n; lsn <= 30n; lsn++) {
          const read = cluster.read(i, { kind: 'record', lsn }, 'local');
          cluster.settle();
          expect(cluster.answer(i, read)).toMatchObject({ kind: 'record', lsn });
        }
      }
    },
  );
});
