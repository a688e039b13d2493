import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { append, appendAnswer, entriesOfTerms, opened, tell } from '../testing/forge.ts';
import { record } from '../testing/records.ts';
import { heal, isHandshake, isolate, silentCluster } from '../testing/silence.ts';

const LATEST = { kind: 'latest' } as const;

function ready(): { readonly cluster: CalmCluster; readonly leader: number; readonly follower: number } {
  const cluster = new CalmCluster(3);
  const leader = cluster.elect();
  cluster.propose(leader, record(7n, 'seven'));
  cluster.run(300);
  return { cluster, leader, follower: (leader + 1) % 3 };
}

function roundOf(cluster: CalmCluster, leader: number): number {
  return cluster.node(leader).state.replica.leadership?.round ?? 0;
}

describe('a linearizable read (Ongaro 6.4)', () => {
  it('waits for the first entry of the term to be committed (TestReadOnlyForNewLeader)', () => {
    const cluster = silentCluster(3);
    tell(cluster, 1, 0, 1, append(1, 0, { entries: entriesOfTerms(2, [1]) }));
    tell(cluster, 1, 0, 1, { type: 'timeoutNow' });
    tell(cluster, 1, 0, 2, { type: 'voteAnswer', granted: true });
    expect(inspect(cluster.node(0).state)).toMatchObject({ role: 'leader', term: 2, lastIndex: 3, commitIndex: 0 });
    const read = cluster.read(0, LATEST, 'linearizable');
    cluster.settle();
    // The leadership is proved, and the old record is on a quorum: it may have been acknowledged, or not.
    tell(cluster, 1, 0, 2, appendAnswer(2, { round: roundOf(cluster, 0) }));
    expect(cluster.answer(0, read)).toBeUndefined();
    tell(cluster, 1, 0, 2, appendAnswer(3, { round: roundOf(cluster, 0) }));
    expect(cluster.answer(0, read)).toEqual({ kind: 'latest', lsn: 201n, generation: 0, recordCount: 1 });
  });

  it('is not proved by answers to what was sent before it, however often they are repeated (reads duplicated)', () => {
    const { cluster, leader, follower } = ready();
    const answers: Uint8Array[] = [];
    cluster.deliver = (from, to, bytes) => {
      if (to === leader && opened(bytes).body.type === 'appendAnswer') answers.push(bytes);
      return true;
    };
    const first = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    expect(cluster.answer(leader, first)?.kind).toBe('latest');
    cluster.deliver = isHandshake;
    const second = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    for (let times = 0; times < 3; times++) {
      for (const bytes of answers) cluster.post(leader, { kind: 'message', now: cluster.now, bytes });
    }
    cluster.settle();
    expect(cluster.answer(leader, second)).toBeUndefined();
    const { term } = inspect(cluster.node(leader).state);
    tell(cluster, follower, leader, term, appendAnswer(0, { round: roundOf(cluster, leader) }));
    expect(cluster.answer(leader, second)?.kind).toBe('latest');
  });

  it('that came while a round is under way waits for the next one', () => {
    const { cluster, leader, follower } = ready();
    cluster.deliver = isHandshake;
    const first = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    const round = roundOf(cluster, leader);
    const second = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    expect(roundOf(cluster, leader)).toBe(round);
    const { term } = inspect(cluster.node(leader).state);
    tell(cluster, follower, leader, term, appendAnswer(0, { round }));
    expect(cluster.answer(leader, first)?.kind).toBe('latest');
    expect(cluster.answer(leader, second)).toBeUndefined();
    tell(cluster, follower, leader, term, appendAnswer(0, { round: round + 1 }));
    expect(cluster.answer(leader, second)?.kind).toBe('latest');
  });

  it('survives the loss of its round: the next heartbeat carries it', () => {
    const { cluster, leader } = ready();
    cluster.deliver = isHandshake;
    const read = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    heal(cluster);
    cluster.run(150);
    expect(cluster.answer(leader, read)).toMatchObject({ lsn: 7n });
  });

  it('is not answered by an old leader that slept through its deposition (old leader after a pause)', () => {
    const { cluster, leader } = ready();
    // The leader sleeps: the others elect another, and store more, while it does not even notice the time.
    const asleep = cluster.node(leader).state;
    isolate(cluster, leader);
    cluster.run(2_000);
    cluster.node(leader).state = asleep;
    const next = cluster.nodes.findIndex(({ state }, i) => i !== leader && inspect(state).role === 'leader');
    cluster.propose(next, record(8n, 'eight'));
    cluster.settle();
    const read = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    expect(cluster.answer(leader, read)?.kind).not.toBe('latest');
    heal(cluster);
    cluster.run(1_000);
    expect(cluster.answer(leader, read)?.kind).toBe('notLeader');
    const later = cluster.read(next, LATEST, 'linearizable');
    cluster.settle();
    expect(cluster.answer(next, later)).toMatchObject({ lsn: 8n });
  });

  it('is not proved by a round of an earlier leader, which a follower may remember', () => {
    const cluster = silentCluster(3);
    const echoed: number[] = [];
    cluster.deliver = (from, to, bytes) => {
      const { body } = opened(bytes);
      if (from === 0 && body.type === 'appendAnswer') echoed.push(body.round);
      return isHandshake(from, to, bytes);
    };
    tell(cluster, 1, 0, 1, append(1, 0, { round: 50 }));
    tell(cluster, 1, 0, 1, append(1, 0, { round: 20 }));
    tell(cluster, 2, 0, 2, append(1, 0, { round: 1 }));
    expect(echoed.at(1)).toBe(50);
    expect(echoed.at(-1)).toBe(1);
  });

  it('counts no follower that was started anew before it answered again', () => {
    const { cluster, leader, follower } = ready();
    const read = cluster.read(leader, LATEST, 'linearizable');
    cluster.settle();
    expect(cluster.answer(leader, read)?.kind).toBe('latest');
    cluster.deliver = isHandshake;
    cluster.restart(follower);
    cluster.settle();
    expect(cluster.node(leader).state.replica.leadership?.progress[`r${follower + 1}`]).toMatchObject({ round: 0 });
  });

  it('is refused by a follower, and by a leader that still completes its log', () => {
    const { cluster, follower, leader } = ready();
    const read = cluster.read(follower, LATEST, 'linearizable');
    cluster.settle();
    expect(cluster.answer(follower, read)).toMatchObject({
      kind: 'notLeader',
      leader: { replicaId: `r${leader + 1}` },
    });
  });

  it('leaves nothing behind, answered or not (TestRaftFreesReadOnlyMem)', () => {
    const { cluster, leader, follower } = ready();
    const { term, lastIndex } = inspect(cluster.node(leader).state);
    const waiting = (): readonly number[] => {
      const { admission } = cluster.node(leader).state;
      return [admission.open.size, admission.barriers.size, admission.waiters.size];
    };
    cluster.deliver = isHandshake;
    const ask = (): readonly number[] => [1, 2, 3].map(() => cluster.read(leader, LATEST, 'linearizable'));
    const answered = ask();
    cluster.settle();
    expect(waiting()).toEqual([3, 3, 0]);
    tell(cluster, follower, leader, term, appendAnswer(lastIndex, { round: roundOf(cluster, leader) }));
    // The first had the round for itself; those that came while it was under way share the next.
    tell(cluster, follower, leader, term, appendAnswer(lastIndex, { round: roundOf(cluster, leader) }));
    expect(answered.map((request) => cluster.answer(leader, request)?.kind)).toEqual(['latest', 'latest', 'latest']);
    expect(waiting()).toEqual([0, 0, 0]);
    const deposed = ask();
    cluster.settle();
    tell(cluster, follower, leader, term + 1, append(lastIndex, term));
    expect(deposed.map((request) => cluster.answer(leader, request)?.kind)).toEqual([
      'notLeader',
      'notLeader',
      'notLeader',
    ]);
    expect(waiting()).toEqual([0, 0, 0]);
  });

  it('sees all that was stored before it, again and again, whoever leads (TestReadOnlyOptionSafe)', () => {
    const cluster = new CalmCluster(3);
    let lsn = 0n;
    for (let turn = 0; turn < 4; turn++) {
      const leader = cluster.elect();
      cluster.run(300);
      for (let i = 0; i < 10; i++) cluster.propose(leader, record(++lsn, 'x'));
      cluster.settle();
      const read = cluster.read(leader, LATEST, 'linearizable');
      cluster.settle();
      expect(cluster.answer(leader, read)).toEqual({ kind: 'latest', lsn, generation: 0, recordCount: Number(lsn) });
      const { term } = inspect(cluster.node(leader).state);
      tell(cluster, leader, (leader + 1) % 3, term, { type: 'timeoutNow' });
      expect(cluster.leader()).toBe((leader + 1) % 3);
    }
  });
});
