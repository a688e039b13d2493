import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/hex.ts';
import { entryAt, inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, entriesOfTerms, opened, tell, termsOf } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { heal, isHandshake, isolate, silentCluster } from '../testing/silence.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Term } from '../vocabulary/units.ts';
import type { Append, AppendAnswer } from '../wire/message.ts';
import type { Progress } from './state.ts';

/** Gives node `i` a log whose entries after the founding one are of these terms, as leaders of those terms sent it. */
function giveLog(cluster: CalmCluster, i: number, sender: number, terms: readonly Term[]): void {
  const entries = entriesOfTerms(2, terms);
  let previousTerm = 0;
  for (const entry of entries) {
    tell(cluster, sender, i, entry.term, append(entry.index - 1, previousTerm, { entries: [entry] }));
    previousTerm = entry.term;
  }
}

/** Makes node `i`, whose term is `term`, leader of the next one by forged votes. */
function lead(cluster: CalmCluster, i: number, sender: number, term: Term): void {
  tell(cluster, sender, i, term, append(0, 0));
  tell(cluster, sender, i, term, { type: 'timeoutNow' });
  for (let voter = 0; voter < cluster.nodes.length; voter++) {
    if (voter !== i) tell(cluster, voter, i, term + 1, { type: 'voteAnswer', granted: true });
  }
  expect(inspect(cluster.node(i).state)).toMatchObject({ role: 'leader', term: term + 1 });
}

function progressOf(cluster: CalmCluster, leader: number, follower: number): Progress {
  const progress = cluster.node(leader).state.replica.leadership?.progress[`r${follower + 1}`];
  if (progress === undefined) throw new Error(`node ${leader} does not lead`);
  return progress;
}

/** The appends with entries that leave for a node, none of them delivered. */
function appendsTo(cluster: CalmCluster, follower: number): Append[] {
  const appends: Append[] = [];
  cluster.deliver = (from, to, bytes) => {
    const { body } = opened(bytes);
    if (to === follower && body.type === 'append') appends.push(body);
    return isHandshake(from, to, bytes);
  };
  return appends;
}

function answersOf(cluster: CalmCluster, follower: number): AppendAnswer[] {
  const answers: AppendAnswer[] = [];
  cluster.deliver = (from, to, bytes) => {
    const { body } = opened(bytes);
    if (from === follower && body.type === 'appendAnswer') answers.push(body);
    return isHandshake(from, to, bytes);
  };
  return answers;
}

function expectSameLogs(cluster: CalmCluster): void {
  const first = cluster.node(0).state;
  for (const { state } of cluster.nodes) {
    expect(termsOf(state)).toEqual(termsOf(first));
    for (let index = 1; index <= first.journal.lastIndex; index++) {
      const [here, there] = [entryAt(state, index), entryAt(first, index)];
      // Old entries may have left the memory of one of them.
      if (here !== undefined && there !== undefined) expect(toHex(here.body)).toBe(toHex(there.body));
    }
  }
}

/** A leader of three that was elected the usual way; then nothing is delivered but what the test forges. */
function quietLeader(change: Partial<typeof DEFAULT_LIMITS> = {}): {
  readonly cluster: CalmCluster;
  readonly leader: number;
  readonly follower: number;
  readonly other: number;
  readonly term: Term;
} {
  const cluster = new CalmCluster(3, { limits: { ...DEFAULT_LIMITS, ...change } });
  const leader = cluster.elect();
  cluster.run(300);
  cluster.deliver = isHandshake;
  const { term } = inspect(cluster.node(leader).state);
  return { cluster, leader, follower: (leader + 1) % 3, other: (leader + 2) % 3, term };
}

describe('a leader and its followers', () => {
  it('come to the same log from those of figure 7 (TestLeaderSyncFollowerLog, Ongaro 3.5)', () => {
    const cluster = silentCluster(7);
    const logs: readonly (readonly Term[])[] = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    logs.forEach((terms, i) => giveLog(cluster, i, i === 6 ? 0 : 6, terms));
    cluster.nodes.forEach(({ state }, i) => expect(termsOf(state)).toEqual([0, ...(logs[i] ?? [])]));
    lead(cluster, 0, 6, 7);
    heal(cluster);
    cluster.run(1_000);
    expect(termsOf(cluster.node(0).state)).toEqual([0, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8]);
    expectSameLogs(cluster);
    cluster.nodes.forEach(({ state }) => expect(inspect(state).commitIndex).toBe(12));
  });

  it('come to the same log from any logs that terms allow, and keep it over restarts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 9 }), { minLength: 3, maxLength: 3 }),
        (drawn) => {
          const cluster = silentCluster(3);
          // One leader a term: whoever has an entry of a term has a prefix of what that leader wrote.
          const logs = possibleLogs(drawn);
          logs.forEach((terms, i) => giveLog(cluster, i, (i + 1) % 3, terms));
          for (let i = 0; i < 3; i++) tell(cluster, (i + 1) % 3, i, 7, appendAnswer(0));
          heal(cluster);
          cluster.elect();
          cluster.run(1_500);
          expectSameLogs(cluster);
          for (let i = 0; i < 3; i++) cluster.restart(i);
          cluster.elect();
          cluster.run(1_500);
          expectSameLogs(cluster);
        },
      ),
      { numRuns: 15 },
    );
  }, 30_000);

  it('do not commit an entry of an older term by counting it (TestLeaderOnlyCommitsLogFromCurrentTerm, Ongaro figure 3.7)', () => {
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
});

describe('a follower', () => {
  it('refuses an append that its log does not reach, or contradicts, with the place to look next (TestHandleAppendEntries, TestFastLogRejection)', () => {
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

  it('keeps what an old append does not contradict (Ongaro 3.5, TestFollowerAppendEntries)', () => {
    const cluster = silentCluster(3);
    const entries = entriesOfTerms(2, [1, 1, 1, 1]);
    tell(cluster, 1, 0, 1, append(1, 0, { entries }));
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entries.slice(0, 2) }));
    tell(cluster, 1, 0, 1, append(1, 0));
    expect(inspect(cluster.node(0).state).lastIndex).toBe(5);
  });

  it('commits no further than what it compared with this leader (TestFollowerCommitEntry, Ongaro 3.5)', () => {
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

  it('takes the completion of a truncated write for no proof (the append ABA race)', () => {
    const cluster = silentCluster(3);
    giveLog(cluster, 0, 1, [1]);
    cluster.node(0).stalled = [];
    tell(cluster, 1, 0, 1, append(2, 1, { entries: entriesOfTerms(3, [1, 1, 1]) }));
    // Another leader replaces them while they are being written; term 2 itself is not on the disk either.
    tell(cluster, 2, 0, 2, append(2, 1, { entries: entriesOfTerms(3, [2, 2, 2]) }));
    const answers = answersOf(cluster, 0);
    const waiting = cluster.node(0).stalled ?? [];
    const [write, ...others] = waiting;
    if (write === undefined) throw new Error('nothing is being written');
    cluster.node(0).stalled = [write];
    cluster.resumeDisk(0);
    cluster.node(0).stalled = others;
    cluster.settle();
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

  it('that a restart put back acknowledges anew, and counts for nothing before', () => {
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
});

describe('a leader', () => {
  it('ignores refusals that are older than what it knows (TestMsgAppRespWaitReset, stale rejections)', () => {
    const { cluster, leader, follower, term } = quietLeader();
    const before = progressOf(cluster, leader, follower);
    const { lastIndex } = inspect(cluster.node(leader).state);
    expect(before).toMatchObject({ state: 'replicate', matchIndex: lastIndex });
    const old = { previousIndex: lastIndex - 1, hintIndex: 0, hintTerm: 0 };
    tell(cluster, follower, leader, term, appendAnswer(0, { rejected: old }));
    expect(progressOf(cluster, leader, follower)).toMatchObject({ state: 'replicate', nextIndex: before.nextIndex });
    // One that is not provably old costs a look back, but never behind what is known to match.
    const late = { previousIndex: lastIndex + 5, hintIndex: 0, hintTerm: 0 };
    tell(cluster, follower, leader, term, appendAnswer(0, { rejected: late }));
    expect(progressOf(cluster, leader, follower)).toMatchObject({ matchIndex: lastIndex, nextIndex: lastIndex + 1 });
  });

  it('takes no answer for more than its own log, nor from another term (self-acknowledgement after a term change)', () => {
    const { cluster, leader, follower, term } = quietLeader();
    const { lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    tell(cluster, follower, leader, term - 1, appendAnswer(lastIndex + 1));
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 9));
    expect(inspect(cluster.node(leader).state).commitIndex).toBe(commitIndex);
  });

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

  it('keeps as many bytes in flight as the window allows, and one append however large', () => {
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

  it('finds out by a heartbeat what of a full window was lost (TestMsgAppFlowControlRecvHeartbeat)', () => {
    const { cluster, leader, follower } = quietLeader({ inflightAppendsMax: 2, appendBytesMax: 10 });
    for (let lsn = 1n; lsn <= 10n; lsn++) cluster.propose(leader, record(lsn, 'many bytes'));
    cluster.settle();
    expect(progressOf(cluster, leader, follower).inflight).toHaveLength(2);
    heal(cluster);
    cluster.run(400);
    expect(progressOf(cluster, leader, follower).inflight).toEqual([]);
    expect(inspect(cluster.node(follower).state).lastLsn).toBe(10n);
  });

  it('probes with one append at a time (TestSendAppendForProgressProbe)', () => {
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

  it('counts its own disk like any other, and only when it is durable', () => {
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

  it('brings a follower up from its disk when memory has forgotten what it lacks', () => {
    const limits = { ...DEFAULT_LIMITS, tailEntriesMax: 8, tailBytesMax: 400 };
    const cluster = new CalmCluster(3, { limits, segmentBytes: 1_000 });
    const leader = cluster.elect();
    cluster.run(300);
    const behind = (leader + 1) % 3;
    isolate(cluster, behind);
    for (let lsn = 1n; lsn <= 300n; lsn++) {
      cluster.propose(leader, record(lsn, `record ${lsn}`));
      if (lsn % 10n === 0n) cluster.run(10);
    }
    expect(cluster.node(leader).state.journal.tail.size).toBeLessThan(20);
    heal(cluster);
    cluster.run(3_000);
    expect(inspect(cluster.node(behind).state)).toMatchObject({
      lastLsn: 300n,
      durableIndex: inspect(cluster.node(leader).state).lastIndex,
    });
    expect(inspect(cluster.node(behind).state).commitIndex).toBe(inspect(cluster.node(leader).state).commitIndex);
    for (const lsn of [1n, 77n, 300n]) {
      const read = cluster.read(behind, { kind: 'record', lsn }, 'local');
      cluster.run(10);
      expect(cluster.answer(behind, read)).toMatchObject({ kind: 'record', lsn });
    }
  });

  it('needs no order, and no single delivery, of appends and answers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(), again: fc.boolean(), lost: fc.nat(9) }), { minLength: 40, maxLength: 150 }),
        (moves) => {
          const limits = { ...DEFAULT_LIMITS, appendBytesMax: 40, inflightAppendsMax: 3 };
          const cluster = new CalmCluster(3, { limits });
          const leader = cluster.elect();
          cluster.run(300);
          const flying: { to: number; bytes: Uint8Array }[] = [];
          cluster.deliver = (_from, to, bytes) => {
            flying.push({ to, bytes });
            return false;
          };
          const requests: number[] = [];
          moves.forEach((move, i) => {
            if (i % 3 === 0) requests.push(cluster.propose(leader, record(BigInt(i + 1), `record ${i}`)));
            if (i % 20 === 19) cluster.run(20);
            const at = move.at % Math.max(flying.length, 1);
            const chosen = flying[at];
            if (chosen !== undefined) {
              if (!move.again) flying.splice(at, 1);
              if (move.lost > 0) cluster.post(chosen.to, { kind: 'message', now: cluster.now, bytes: chosen.bytes });
            }
            cluster.settle();
          });
          heal(cluster);
          for (const { to, bytes } of flying) cluster.post(to, { kind: 'message', now: cluster.now, bytes });
          cluster.run(3_000);
          cluster.elect();
          cluster.run(1_000);
          expectSameLogs(cluster);
          for (const request of requests) expect(cluster.answer(leader, request)).toBeDefined();
        },
      ),
      { numRuns: 20 },
    );
  }, 30_000);
});

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

  it('of a leader that a quorum left is bounded by the uncommitted bytes', () => {
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

/** Logs that could exist: each term's entries are those of one leader, which began with its own log. */
function possibleLogs(drawn: readonly (readonly Term[])[]): readonly (readonly Term[])[] {
  const logs: Term[][] = drawn.map(() => []);
  for (let term = 1; term <= 6; term++) {
    // The leader of a term is the replica with most entries drawn for it; whoever follows it shares its log up to there.
    const counts = drawn.map((terms) => terms.filter((one) => one === term).length);
    const leader = counts.indexOf(Math.max(...counts));
    const base = [...(logs[leader] ?? [])];
    counts.forEach((count, i) => {
      if (count > 0) logs[i] = [...base, ...Array.from({ length: count }, () => term)];
    });
  }
  return logs;
}
