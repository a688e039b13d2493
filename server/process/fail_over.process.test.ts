import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCluster, type TestReplica } from '../testing/cluster.ts';
import { eachRound } from '../testing/rounds.ts';
import { waitFor } from '../testing/wait.ts';
import { verify, Writer } from '../testing/writer.ts';

/** Within this time after a failure, records are acknowledged again. */
const FAIL_OVER_MS = 3_000;

describe('three replicas, one log', () => {
  let cluster: TestCluster;
  let last = 0n;
  const all: bigint[] = [];

  beforeAll(async () => {
    cluster = await TestCluster.start(3, ['-segment-bytes', '256KiB']);
  });
  afterAll(() => cluster.close());

  /** Writes while `during` happens, until `more` further records are acknowledged; what was acknowledged is verified. */
  async function writingWhile(
    during: (acknowledged: (more: number) => Promise<void>, writer: Writer) => Promise<void>,
  ) {
    const writer = new Writer(cluster, last);
    const acknowledged = async (more: number) => {
      const target = writer.acknowledged.length + more;
      const enough = () => {
        if (writer.refusal !== undefined) throw new Error(`a record was refused: ${writer.refusal}`);
        return writer.acknowledged.length >= target ? true : undefined;
      };
      await waitFor(`${more} more records`, enough, 30_000);
    };
    try {
      await acknowledged(50);
      await during(acknowledged, writer);
    } finally {
      await writer.stop();
    }
    last = writer.last;
    all.push(...writer.acknowledged);
    await cluster.caughtUp(writer.acknowledged.reduce((most, lsn) => (lsn > most ? lsn : most), 0n));
    await verify(cluster, writer.acknowledged);
    return writer;
  }

  /** How long after `at` a record was acknowledged that may not have been on its way before. */
  async function resumed(writer: Writer, acknowledged: (more: number) => Promise<void>): Promise<number> {
    const at = performance.now();
    // Eight connections: after nine acknowledgements one belongs to a record that was begun after `at`.
    await acknowledged(9);
    return writer.lastAcknowledgedAt - at;
  }

  test.each(eachRound(6))('round %i: a replica is killed', async (round) => {
    await writingWhile(async (acknowledged, writer) => {
      const leader = await cluster.leader();
      const followers = cluster.replicas.filter((replica) => replica !== leader);
      const victim = round % 3 === 2 ? followers[round % 2] : leader;
      if (victim === undefined) throw new Error('no victim');
      await victim.end('SIGKILL');
      expect(await resumed(writer, acknowledged)).toBeLessThan(FAIL_OVER_MS);
      await acknowledged(100);
      victim.start();
      await acknowledged(100);
    });
  });

  test('all three are killed at once', async () => {
    await writingWhile(async (acknowledged) => {
      await Promise.all(cluster.replicas.map((replica) => replica.end('SIGKILL')));
      for (const replica of cluster.replicas) replica.start();
      await acknowledged(100);
    });
  });

  test('the leader is stopped for ten seconds', async () => {
    await writingWhile(async (acknowledged, writer) => {
      const leader = await cluster.leader();
      leader.signal('SIGSTOP');
      const stoppedAt = performance.now();
      expect(await resumed(writer, acknowledged)).toBeLessThan(FAIL_OVER_MS);
      await waitFor('ten seconds', () => (performance.now() - stoppedAt > 10_000 ? true : undefined));
      leader.signal('SIGCONT');
      await acknowledged(100);
    });
  });

  test('a replica that was asked to stop hands over, and writing hardly pauses', async () => {
    await writingWhile(async (acknowledged, writer) => {
      const leader = await cluster.leader();
      const status = leader.end('SIGTERM');
      expect(await resumed(writer, acknowledged)).toBeLessThan(FAIL_OVER_MS);
      expect(await status).toBe(0);
      leader.start();
      await acknowledged(50);
    });
  });

  test('a minority acknowledges nothing and says why', async () => {
    const leader = await cluster.leader();
    const [one, other] = cluster.replicas.filter((replica) => replica !== leader) as [TestReplica, TestReplica];
    await Promise.all([one.end('SIGKILL'), other.end('SIGKILL')]);
    let lsn = last + 1_000_000n;
    const begun = performance.now();
    const answers: string[] = [];
    await waitFor('an answer without a leader', async () => {
      const answer = await leader
        .stream(`{"lsn":${lsn++},"wal_data":"","prev_lsn":${last + 999_999n}}`)
        .catch(() => undefined);
      if (answer === undefined) return undefined;
      expect(answer.status).not.toBe(200);
      answers.push(answer.text);
      return performance.now() - begun > 3_000 && answer.text.includes('no_leader') ? true : undefined;
    });
    expect(answers.at(-1)).toContain('2 of 3 replicas must reach each other');
    const linearizable = await leader.get('get_latest_lsn?consistency=linearizable');
    expect([linearizable.status, linearizable.text]).toEqual([503, expect.stringContaining('no_leader')]);
    expect((await leader.get('get_latest_lsn')).status).toBe(200);
    one.start();
    other.start();
    await cluster.leader();
    await writingWhile(async (acknowledged) => acknowledged(50));
  });

  test('in the end every replica has every acknowledged record, byte for byte', async () => {
    await verify(cluster, all);
    expect(all.length).toBeGreaterThan(1_000);
  });
});
