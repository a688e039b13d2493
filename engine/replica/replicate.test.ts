import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { appendAnswer, opened, tell, termsOf } from '../testing/forge.ts';
import { expectSameLogs, giveLog } from '../testing/logs.ts';
import { overhear, type Overheard } from '../testing/overhear.ts';
import { record } from '../testing/records.ts';
import { lead, progressOf, quietLeader } from '../testing/roles.ts';
import { heal, isHandshake, isolate, silentCluster } from '../testing/silence.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Term } from '../vocabulary/units.ts';

describe('a leader and its followers', () => {
  it('come to the same log from those of figure 7 (TestLeaderSyncFollowerLog, probe_and_replicate.txt, Ongaro 3.5)', () => {
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
});

describe('a leader', () => {
  it('ignores refusals that are older than what it knows (TestLeaderAppResp)', () => {
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

  it('takes no answer for more than its own log, nor from another term (TestOldMessages)', () => {
    const { cluster, leader, follower, term } = quietLeader();
    const { lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    tell(cluster, follower, leader, term - 1, appendAnswer(lastIndex + 1));
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 9));
    expect(inspect(cluster.node(leader).state).commitIndex).toBe(commitIndex);
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

  it('takes appends and answers that arrive in reverse for what they are (Ongaro 3.5)', () => {
    const { cluster, leader, follower } = quietLeader({ appendBytesMax: 1 });
    let flying: { readonly to: number; readonly bytes: Uint8Array }[] = [];
    cluster.deliver = (from, to, bytes) => {
      if (from === follower || to === follower) flying.push({ to, bytes });
      return isHandshake(from, to, bytes);
    };
    const deliverReversed = (): void => {
      const arriving = [...flying].reverse();
      flying = [];
      for (const { to, bytes } of arriving) cluster.post(to, { kind: 'message', now: cluster.now, bytes });
      cluster.settle();
    };
    const { lastIndex } = inspect(cluster.node(leader).state);
    for (let lsn = 1n; lsn <= 4n; lsn++) cluster.propose(leader, record(lsn, 'x'));
    cluster.settle();
    expect(flying).toHaveLength(4);
    deliverReversed();
    // Only the first append, the last to arrive, fitted.
    expect(inspect(cluster.node(follower).state).lastIndex).toBe(lastIndex + 1);
    let match = lastIndex;
    for (let round = 0; round < 20 && flying.length > 0; round++) {
      deliverReversed();
      const { matchIndex, nextIndex, state, inflight } = progressOf(cluster, leader, follower);
      if (state === 'probe') expect(inflight.length).toBeLessThanOrEqual(1);
      expect(matchIndex).toBeGreaterThanOrEqual(match);
      expect(nextIndex).toBeGreaterThan(matchIndex);
      match = matchIndex;
    }
    expect(flying).toEqual([]);
    // A refusal that came after a later answer is taken for old: what it told of, the next heartbeat finds out.
    heal(cluster);
    cluster.run(100);
    expect(inspect(cluster.node(follower).state)).toMatchObject({
      lastIndex: lastIndex + 4,
      durableIndex: lastIndex + 4,
    });
    expect(progressOf(cluster, leader, follower)).toMatchObject({ matchIndex: lastIndex + 4, inflight: [] });
    const { term } = inspect(cluster.node(leader).state);
    tell(cluster, follower, leader, term, appendAnswer(lastIndex + 1));
    expect(progressOf(cluster, leader, follower)).toMatchObject({
      matchIndex: lastIndex + 4,
      nextIndex: lastIndex + 5,
    });
  });

  it('sends entries to every follower at once, with the index and the term before them (TestLeaderStartReplication, TestSendAppendForProgressReplicate, TestLeaderIncreaseNext, Ongaro 3.5)', () => {
    const { cluster, leader, follower, other, term } = quietLeader();
    const { lastIndex, commitIndex } = inspect(cluster.node(leader).state);
    cluster.node(leader).stalled = [];
    const heard = overhear(cluster);
    for (const lsn of [1n, 2n]) cluster.propose(leader, record(lsn, 'some data'));
    cluster.settle();
    for (const to of [follower, other]) {
      expect(heard.filter((one) => one.to === to).map(({ message }) => message)).toMatchObject([
        { term, body: { previousIndex: lastIndex, previousTerm: term, commitIndex, entries: [{ term, lsn: 1n }] } },
        { term, body: { previousIndex: lastIndex + 1, previousTerm: term, commitIndex, entries: [{ term, lsn: 2n }] } },
      ]);
      expect(progressOf(cluster, leader, to)).toMatchObject({ matchIndex: lastIndex, nextIndex: lastIndex + 3 });
    }
    expect(inspect(cluster.node(leader).state)).toMatchObject({ lastIndex: lastIndex + 2, commitIndex });
  });

  it('tells every follower in each heartbeat, and nobody else does, how far the log is committed (TestLeaderCommitEntry, TestLeaderBcastBeat, TestBcastBeat, TestRecvMsgBeat, Ongaro 3.5)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    cluster.run(300);
    const heard: Overheard[] = [];
    cluster.deliver = (from, to, bytes) => {
      const message = opened(bytes);
      if (message.body.type === 'append') heard.push({ from, to, message });
      return true;
    };
    cluster.propose(leader, record(1n, 'some data'));
    // The commit, and the notice of it.
    cluster.run(50);
    const { commitIndex } = inspect(cluster.node(leader).state);
    heard.length = 0;
    cluster.run(1_000);
    expect(heard.every(({ from }) => from === leader)).toBe(true);
    for (const to of [(leader + 1) % 3, (leader + 2) % 3]) {
      const bodies = heard.filter((one) => one.to === to).map(({ message }) => message.body);
      expect(bodies).toHaveLength(10);
      for (const body of bodies) expect(body).toMatchObject({ commitIndex, previousIndex: commitIndex, entries: [] });
      expect(inspect(cluster.node(to).state).commitIndex).toBe(commitIndex);
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
