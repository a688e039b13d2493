import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { appendAnswer, opened, tell } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { heal, isHandshake, isolate } from '../testing/silence.ts';
import type { Limits } from '../vocabulary/config.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Answer, Proposal } from '../vocabulary/requests.ts';
import { LSN_MAX } from '../vocabulary/units.ts';

/** A cluster with a leader that has committed its first entry. */
function ready(count = 1, limits: Partial<Limits> = {}): { readonly cluster: CalmCluster; readonly leader: number } {
  const cluster = new CalmCluster(count, { limits: { ...DEFAULT_LIMITS, ...limits } });
  const leader = cluster.elect();
  cluster.run(300);
  return { cluster, leader };
}

/** Proposes, and lets everything happen that happens at once. */
function ask(cluster: CalmCluster, leader: number, proposal: Proposal): Answer | undefined {
  const request = cluster.propose(leader, proposal);
  cluster.settle();
  return cluster.answer(leader, request);
}

function stored(lsn: bigint): Answer {
  return { kind: 'stored', lsn };
}

describe('a record', () => {
  it('enters above the last one, gaps allowed, up to the largest LSN there is', () => {
    const { cluster, leader } = ready();
    for (const lsn of [1n, 2n, 1_000n, 2n ** 53n + 1n, LSN_MAX - 1n, LSN_MAX]) {
      expect(ask(cluster, leader, record(lsn, `r${lsn}`))).toEqual(stored(lsn));
    }
    expect(ask(cluster, leader, record(LSN_MAX, `r${LSN_MAX}`))).toEqual(stored(LSN_MAX));
    cluster.restart(leader);
    cluster.elect();
    const read = cluster.read(leader, { kind: 'record', lsn: LSN_MAX }, 'linearizable');
    cluster.settle();
    expect(cluster.answer(leader, read)).toMatchObject({ kind: 'record', lsn: LSN_MAX });
  });

  it('again is a success: the same bytes, space id and page number; anything else at its LSN is a conflict', () => {
    const { cluster, leader } = ready();
    const place = { spaceId: 0, pageNo: 7 };
    expect(ask(cluster, leader, record(5n, 'five', place))).toEqual(stored(5n));
    expect(ask(cluster, leader, record(9n, 'nine'))).toEqual(stored(9n));
    expect(ask(cluster, leader, record(5n, 'five', { ...place, previousLsn: 3n, generation: 0 }))).toEqual(stored(5n));
    for (const other of [
      record(5n, 'FIVE', place),
      record(5n, 'five!', place),
      record(5n, 'five', { ...place, spaceId: undefined }),
      record(5n, 'five', { ...place, pageNo: 8 }),
      record(5n, 'five', { ...place, pageNo: undefined }),
    ]) {
      expect(ask(cluster, leader, other)).toMatchObject({ kind: 'refused', code: 'conflict', latestLsn: 9n });
    }
    expect(ask(cluster, leader, record(6n, 'six'))).toMatchObject({
      kind: 'refused',
      code: 'out_of_order',
      latestLsn: 9n,
    });
  });

  it('again is compared with the one on the disk when memory has forgotten it', () => {
    const { cluster, leader } = ready(1, { tailEntriesMax: 4, tailBytesMax: 200 });
    for (let lsn = 2n; lsn <= 400n; lsn += 2n)
      expect(ask(cluster, leader, record(lsn, `r${lsn}`))).toEqual(stored(lsn));
    expect(cluster.node(leader).state.journal.tail.size).toBeLessThan(6);
    for (const lsn of [2n, 100n, 398n]) {
      expect(ask(cluster, leader, record(lsn, `r${lsn}`))).toEqual(stored(lsn));
      expect(ask(cluster, leader, record(lsn, 'other'))).toMatchObject({ code: 'conflict' });
      expect(ask(cluster, leader, record(lsn - 1n, 'never'))).toMatchObject({ code: 'out_of_order' });
    }
    expect(inspect(cluster.node(leader).state).openRequests).toBe(0);
  });

  it('again is answered only when the first is committed', () => {
    const { cluster, leader } = ready(3);
    cluster.deliver = isHandshake;
    const first = cluster.propose(leader, record(1n, 'a'));
    const second = cluster.propose(leader, record(1n, 'a'));
    cluster.settle();
    expect([cluster.answer(leader, first), cluster.answer(leader, second)]).toEqual([undefined, undefined]);
    const { lastIndex, term } = inspect(cluster.node(leader).state);
    tell(cluster, (leader + 1) % 3, leader, term, appendAnswer(lastIndex));
    expect([cluster.answer(leader, first), cluster.answer(leader, second)]).toEqual([stored(1n), stored(1n)]);
  });

  it('that is too large is refused, whatever its LSN', () => {
    const { cluster, leader } = ready(1, { recordBytesMax: 10 });
    expect(ask(cluster, leader, record(1n, '12345678901'))?.kind).toBe('tooLarge');
    expect(ask(cluster, leader, record(1n, '1234567890'))).toEqual(stored(1n));
  });

  it('goes to the leader, and waits nowhere else', () => {
    const { cluster, leader } = ready(3);
    const follower = (leader + 1) % 3;
    const hint = { replicaId: `r${leader + 1}`, url: cluster.urls[leader] };
    expect(ask(cluster, follower, record(1n, 'a'))).toEqual({ kind: 'notLeader', leader: hint });
    expect(inspect(cluster.node(follower).state).openRequests).toBe(0);
  });
});

describe('a chain by prev_lsn', () => {
  it('enters in order, in whatever order its records arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        (count, seed, step) => {
          const { cluster, leader } = ready();
          const lsns = Array.from({ length: count }, (_, i) => BigInt((i + 1) * step));
          const requests = shuffled(lsns, seed).map((lsn) =>
            cluster.propose(leader, record(lsn, `r${lsn}`, { previousLsn: lsn - BigInt(step) })),
          );
          cluster.settle();
          for (const request of requests) expect(cluster.answer(leader, request)?.kind).toBe('stored');
          expect(cluster.node(leader).state.replica.commit).toMatchObject({ recordCount: count, lsn: lsns[count - 1] });
          expect(cluster.node(leader).state.admission).toMatchObject({ held: [], heldBytes: 0 });
        },
      ),
      { numRuns: 15 },
    );
  }, 30_000);

  it('is refused where it does not fit: its predecessor was followed by another, or is not below it', () => {
    const { cluster, leader } = ready();
    expect(ask(cluster, leader, record(1n, 'a', { previousLsn: 0n }))).toEqual(stored(1n));
    expect(ask(cluster, leader, record(5n, 'b', { previousLsn: 1n }))).toEqual(stored(5n));
    expect(ask(cluster, leader, record(9n, 'c', { previousLsn: 1n }))).toMatchObject({ code: 'gap', latestLsn: 5n });
    expect(ask(cluster, leader, record(9n, 'c', { previousLsn: 9n }))).toMatchObject({ code: 'gap' });
    expect(ask(cluster, leader, record(9n, 'c', { previousLsn: 10n }))).toMatchObject({ code: 'gap' });
    expect(ask(cluster, leader, record(9n, 'c', { previousLsn: 0n }))).toMatchObject({ code: 'gap' });
  });

  it('waits no longer than it may, and all who wait for it are refused with it', () => {
    const { cluster, leader } = ready();
    const requests = [record(9n, 'c', { previousLsn: 5n }), record(12n, 'd', { previousLsn: 9n })].map((one) =>
      cluster.propose(leader, one),
    );
    cluster.run(4_900);
    expect(requests.map((request) => cluster.answer(leader, request))).toEqual([undefined, undefined]);
    cluster.run(200);
    for (const request of requests)
      expect(cluster.answer(leader, request)).toMatchObject({ kind: 'refused', code: 'gap' });
    expect(cluster.node(leader).state.admission).toMatchObject({ held: [], heldBytes: 0 });
  });

  it('has room for so many records and so many bytes; one too many takes its successors along', () => {
    const { cluster, leader } = ready(1, { heldRecordsMax: 3, heldBytesMax: 100 });
    const hold = (lsn: bigint, previousLsn: bigint, size: number): number =>
      cluster.propose(leader, record(lsn, 'x'.repeat(size), { previousLsn }));
    const successor = hold(40n, 30n, 1);
    const [big, first] = [hold(50n, 45n, 100), hold(20n, 10n, 60)];
    cluster.settle();
    expect(cluster.answer(leader, big)?.kind).toBe('overloaded');
    const third = hold(21n, 11n, 1);
    const refused = hold(30n, 25n, 1);
    cluster.settle();
    expect(cluster.answer(leader, refused)?.kind).toBe('overloaded');
    expect(cluster.answer(leader, successor)?.kind).toBe('overloaded');
    expect([cluster.answer(leader, first), cluster.answer(leader, third)]).toEqual([undefined, undefined]);
    expect(cluster.node(leader).state.admission.heldBytes).toBe(61);
  });

  it('ends at a record that is too large: those that wait for it are refused at once', () => {
    const { cluster, leader } = ready(1, { recordBytesMax: 10 });
    const chain = [3n, 4n].map((lsn) => cluster.propose(leader, record(lsn, 'x', { previousLsn: lsn - 1n })));
    expect(ask(cluster, leader, record(2n, '12345678901', { previousLsn: 1n }))?.kind).toBe('tooLarge');
    for (const request of chain)
      expect(cluster.answer(leader, request)).toMatchObject({ kind: 'refused', code: 'gap' });
  });

  it('waits on while another copy of its predecessor waits, though one copy gave up', () => {
    const { cluster, leader } = ready();
    const early = cluster.propose(leader, record(5n, 'b', { previousLsn: 1n }));
    cluster.run(3_000);
    const again = cluster.propose(leader, record(5n, 'b', { previousLsn: 1n }));
    const successor = cluster.propose(leader, record(9n, 'c', { previousLsn: 5n }));
    cluster.run(2_500);
    expect(cluster.answer(leader, early)).toMatchObject({ code: 'gap' });
    expect(ask(cluster, leader, record(1n, 'a', { previousLsn: 0n }))).toEqual(stored(1n));
    expect(cluster.answer(leader, again)).toEqual(stored(5n));
    expect(cluster.answer(leader, successor)).toEqual(stored(9n));
  });

  it('is overloaded as a whole when its first record finds no room in the log (TestUncommittedEntryLimit)', () => {
    const { cluster, leader } = ready(3, { uncommittedBytesMax: 60 });
    cluster.deliver = isHandshake;
    const first = cluster.propose(leader, record(1n, 'x'.repeat(200)));
    const chain = [3n, 4n].map((lsn) => cluster.propose(leader, record(lsn, 'x', { previousLsn: lsn - 1n })));
    cluster.settle();
    // The first oversized record enters all the same, and nothing after it.
    expect(cluster.answer(leader, first)).toBeUndefined();
    expect(ask(cluster, leader, record(2n, 'x', { previousLsn: 1n }))?.kind).toBe('overloaded');
    expect(chain.map((request) => cluster.answer(leader, request)?.kind)).toEqual(['overloaded', 'overloaded']);
    heal(cluster);
    cluster.run(300);
    expect(cluster.answer(leader, first)).toEqual(stored(1n));
    expect(ask(cluster, leader, record(2n, 'x', { previousLsn: 1n }))).toEqual(stored(2n));
    expect(cluster.node(leader).state.admission.uncommittedBytes).toBe(0);
  });
});

describe('generations', () => {
  it('fence whoever has a lower one, and are raised once', () => {
    const { cluster, leader } = ready(3);
    expect(ask(cluster, leader, record(1n, 'a'))).toEqual(stored(1n));
    expect(ask(cluster, leader, { kind: 'generation', generation: 4 })).toEqual({
      kind: 'generationRaised',
      generation: 4,
      latestLsn: 1n,
    });
    expect(ask(cluster, leader, { kind: 'generation', generation: 4 })).toMatchObject({ code: 'fenced' });
    expect(ask(cluster, leader, { kind: 'generation', generation: 3 })).toMatchObject({ code: 'fenced' });
    expect(ask(cluster, leader, record(2n, 'b'))).toMatchObject({ kind: 'refused', code: 'fenced', latestLsn: 1n });
    // What was stored before the fence is a success for ever.
    expect(ask(cluster, leader, record(1n, 'a'))).toEqual(stored(1n));
    expect(ask(cluster, leader, record(2n, 'b', { generation: 4 }))).toEqual(stored(2n));
    expect(ask(cluster, leader, { kind: 'generation', generation: 2 ** 53 - 1 })).toMatchObject({
      kind: 'generationRaised',
    });
  });

  it('are what a record is refused for that the log has passed, and nothing else', () => {
    const { cluster, leader } = ready(3);
    expect(ask(cluster, leader, record(5n, 'a'))).toEqual(stored(5n));
    ask(cluster, leader, { kind: 'generation', generation: 4 });
    expect(ask(cluster, leader, record(3n, 'b', { generation: 3 }))).toMatchObject({ code: 'fenced' });
    expect(ask(cluster, leader, record(3n, 'b', { generation: 4 }))).toMatchObject({ code: 'out_of_order' });
  });

  it('outlive leaders and restarts', () => {
    const { cluster, leader } = ready(3);
    ask(cluster, leader, record(1n, 'a'));
    ask(cluster, leader, { kind: 'generation', generation: 2 });
    cluster.run(200);
    isolate(cluster, leader);
    cluster.run(2_000);
    const second = cluster.elect();
    expect(second).not.toBe(leader);
    expect(ask(cluster, second, record(2n, 'b', { generation: 1 }))).toMatchObject({ code: 'fenced' });
    heal(cluster);
    for (let i = 0; i < 3; i++) cluster.restart(i);
    const third = cluster.elect();
    cluster.run(300);
    expect(ask(cluster, third, record(2n, 'b', { generation: 1 }))).toMatchObject({ code: 'fenced' });
  });

  it('fence held records too', () => {
    const { cluster, leader } = ready();
    const zombie = cluster.propose(leader, record(9n, 'z', { previousLsn: 5n }));
    ask(cluster, leader, { kind: 'generation', generation: 1 });
    expect(ask(cluster, leader, record(5n, 'a', { generation: 1 }))).toEqual(stored(5n));
    expect(cluster.answer(leader, zombie)).toMatchObject({ code: 'fenced' });
  });
});

describe('a definite no', () => {
  it('waits until what it was judged by is committed, and a quorum has answered since', () => {
    const { cluster, leader } = ready(3);
    const follower = (leader + 1) % 3;
    cluster.deliver = isHandshake;
    cluster.propose(leader, record(9n, 'a'));
    const request = cluster.propose(leader, record(5n, 'b'));
    cluster.settle();
    const { lastIndex, term } = inspect(cluster.node(leader).state);
    const { round } = cluster.node(leader).state.replica.leadership ?? { round: 0 };
    // The round is proved, the entry is not.
    tell(cluster, follower, leader, term, appendAnswer(lastIndex - 1, { round }));
    expect(cluster.answer(leader, request)).toBeUndefined();
    tell(cluster, follower, leader, term, appendAnswer(lastIndex, { round }));
    expect(cluster.answer(leader, request)).toMatchObject({ kind: 'refused', code: 'out_of_order', latestLsn: 9n });
    // Now the entry is committed, and the round is not proved by answers to earlier messages.
    const second = cluster.propose(leader, record(5n, 'b'));
    cluster.settle();
    tell(cluster, follower, leader, term, appendAnswer(lastIndex, { round }));
    expect(cluster.answer(leader, second)).toBeUndefined();
    tell(cluster, follower, leader, term, appendAnswer(lastIndex, { round: round + 1 }));
    expect(cluster.answer(leader, second)).toMatchObject({ code: 'out_of_order' });
  });

  it('is none when the leader was deposed meanwhile', () => {
    const { cluster, leader } = ready(3);
    ask(cluster, leader, record(9n, 'a'));
    isolate(cluster, leader);
    const old = cluster.propose(leader, record(5n, 'b'));
    const conflict = cluster.propose(leader, record(9n, 'other'));
    const held = cluster.propose(leader, record(20n, 'c', { previousLsn: 19n }));
    const entered = cluster.propose(leader, record(10n, 'd'));
    const again = cluster.propose(leader, record(9n, 'a'));
    cluster.settle();
    // Yes needs no proof of leadership: what is committed is committed.
    expect(cluster.answer(leader, again)).toEqual(stored(9n));
    cluster.run(2_000);
    expect(cluster.answer(leader, old)?.kind).toBe('notLeader');
    expect(cluster.answer(leader, conflict)?.kind).toBe('notLeader');
    expect(cluster.answer(leader, held)?.kind).toBe('notLeader');
    expect(cluster.answer(leader, entered)?.kind).toBe('unknown');
    expect(cluster.node(leader).state.admission).toMatchObject({ held: [], heldBytes: 0, uncommittedBytes: 0 });
    expect(cluster.node(leader).state.admission.waiters.size).toBe(0);
    expect(cluster.node(leader).state.admission.barriers.size).toBe(0);
  });
});

describe('open requests', () => {
  it('are bounded, reads and repeats and refusals among them', () => {
    const { cluster, leader } = ready(3, { openRequestsMax: 10 });
    ask(cluster, leader, record(1n, 'a'));
    cluster.deliver = isHandshake;
    const requests: number[] = [];
    for (let i = 0; i < 10; i++) {
      requests.push(cluster.read(leader, { kind: 'latest' }, 'linearizable'));
      requests.push(cluster.propose(leader, record(1n, 'conflict')));
      requests.push(cluster.propose(leader, record(2n, 'b')));
      requests.push(cluster.propose(leader, { kind: 'generation', generation: i + 1 }));
    }
    cluster.settle();
    expect(inspect(cluster.node(leader).state).openRequests).toBe(10);
    const kinds = requests.map((request) => cluster.answer(leader, request)?.kind);
    expect(kinds.filter((kind) => kind === 'overloaded')).toHaveLength(30);
  });

  it('do not count the held ones: else a chain that fills the room would keep out the record it waits for', () => {
    const { cluster, leader } = ready(1, { openRequestsMax: 3, heldRecordsMax: 8 });
    const requests = [9n, 8n, 7n, 6n, 5n, 4n, 3n, 2n].map((lsn) =>
      cluster.propose(leader, record(lsn, 'x', { previousLsn: lsn - 1n })),
    );
    cluster.settle();
    expect(ask(cluster, leader, record(1n, 'x', { previousLsn: 0n }))).toEqual(stored(1n));
    expect(requests.map((request) => cluster.answer(leader, request)?.kind)).toEqual(requests.map(() => 'stored'));
  });

  it('that are cancelled leave nothing behind, wherever they waited', () => {
    const { cluster, leader } = ready(3, { tailEntriesMax: 2, tailBytesMax: 10 });
    for (let lsn = 1n; lsn <= 20n; lsn++) ask(cluster, leader, record(lsn, `r${lsn}`));
    cluster.run(200);
    cluster.deliver = isHandshake;
    cluster.node(leader).stalled = [];
    const requests = [
      cluster.propose(leader, record(21n, 'entered')),
      cluster.propose(leader, record(21n, 'entered')),
      cluster.propose(leader, record(40n, 'held', { previousLsn: 30n })),
      cluster.propose(leader, record(20n, 'refused')),
      cluster.propose(leader, record(2n, 'judged from the disk')),
      cluster.read(leader, { kind: 'latest' }, 'linearizable'),
      cluster.read(leader, { kind: 'record', lsn: 3n }, 'local'),
    ];
    cluster.settle();
    expect(inspect(cluster.node(leader).state).openRequests).toBe(requests.length);
    for (const request of requests) cluster.post(leader, { kind: 'cancel', now: cluster.now, request });
    cluster.settle();
    const { admission } = cluster.node(leader).state;
    expect(admission).toMatchObject({ held: [], heldBytes: 0 });
    expect([admission.open.size, admission.waiters.size, admission.barriers.size]).toEqual([0, 0, 0]);
    heal(cluster);
    cluster.resumeDisk(leader);
    cluster.run(1_000);
    for (const request of requests) expect(cluster.answer(leader, request)).toBeUndefined();
    expect(ask(cluster, cluster.elect(), record(21n, 'entered'))).toEqual(stored(21n));
  });

  it('get exactly one answer each, and no wrong one, whoever leads and whatever is lost', () => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 20, maxLength: 60 }), (moves) => {
        const cluster = new CalmCluster(3, { limits: { ...DEFAULT_LIMITS, tailEntriesMax: 4, tailBytesMax: 200 } });
        cluster.elect();
        const asked: { node: number; request: number; proposal: Proposal; cancelled: boolean }[] = [];
        let lost = 0;
        let count = 0;
        cluster.deliver = (from, to, bytes) => {
          count += 1;
          if (isHandshake(from, to, bytes)) return true;
          return opened(bytes).body.type === 'hello' || (count * 7) % 100 >= lost;
        };
        const forget = (node: number): void => {
          for (const one of asked) if (one.node === node && !cluster.answer(node, one.request)) one.cancelled = true;
        };
        for (const { what, node, size, lsn } of moves) {
          if (what === 'run') cluster.run(size);
          else if (what === 'lose') lost = size % 60;
          else if (what === 'isolate') isolate(cluster, node);
          else if (what === 'heal') heal(cluster);
          else if (what === 'stall') cluster.node(node).stalled ??= [];
          else if (what === 'resume') cluster.resumeDisk(node);
          else if (what === 'restart') {
            cluster.settle();
            forget(node);
            cluster.node(node).stalled = undefined;
            cluster.restart(node);
          } else if (what === 'cancel') {
            const one = asked[size % Math.max(asked.length, 1)];
            if (one === undefined || cluster.answer(one.node, one.request) !== undefined) continue;
            cluster.post(one.node, { kind: 'cancel', now: cluster.now, request: one.request });
            cluster.settle();
            one.cancelled = true;
          } else {
            const at = cluster.leader() ?? node;
            const previousLsn = size % 3 === 0 ? BigInt(lsn) - 1n : undefined;
            const proposal = record(BigInt(lsn), `${lsn} ${size % 5 === 0 ? 'other' : 'same'}`, { previousLsn });
            asked.push({ node: at, request: cluster.propose(at, proposal), proposal, cancelled: false });
          }
        }
        cluster.settle();
        heal(cluster);
        for (let i = 0; i < 3; i++) cluster.resumeDisk(i);
        cluster.run(8_000);
        const leader = cluster.elect();
        cluster.run(500);
        for (const { node, request, proposal, cancelled } of asked) {
          const answer = cluster.answer(node, request);
          if (!cancelled) expect(answer).toBeDefined();
          if (answer?.kind === 'stored') expect(ask(cluster, leader, proposal)).toEqual(answer);
          if (answer?.kind !== 'refused' || answer.code !== 'conflict') continue;
          expect(ask(cluster, leader, proposal)).toMatchObject({ kind: 'refused', code: 'conflict' });
        }
        for (const { state } of cluster.nodes) {
          expect(state.admission).toMatchObject({ held: [], heldBytes: 0, uncommittedBytes: 0 });
          expect(inspect(state).openRequests).toBe(0);
        }
      }),
      { numRuns: 20 },
    );
  }, 30_000);
});

const move = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constant('propose' as const) },
    { weight: 6, arbitrary: fc.constant('run' as const) },
    { weight: 4, arbitrary: fc.constantFrom('lose' as const, 'isolate' as const, 'heal' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom('stall' as const, 'resume' as const, 'restart' as const, 'cancel' as const),
    },
  ),
  node: fc.nat(2),
  size: fc.nat(900),
  lsn: fc.integer({ min: 1, max: 30 }),
});

function shuffled<T>(values: readonly T[], seed: number): T[] {
  const result = [...values];
  let state = seed >>> 0;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    const [a, b] = [result[i], result[j]];
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a];
  }
  return result;
}
