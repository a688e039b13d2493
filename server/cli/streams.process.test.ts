import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SafekeeperClient, type WalRecord } from '../../client/index.ts';
import { TestCluster, type TestReplica } from '../testing/cluster.ts';
import { waitFor } from '../testing/wait.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start(3);
});
afterAll(async () => cluster.close());

const clientOf = (...replicas: readonly TestReplica[]) =>
  new SafekeeperClient({ urls: replicas.map(({ url }) => url), timeoutMs: 20_000 });

/** Derived from its LSN: up to 2 KB, some with a page. */
function recordAt(lsn: bigint): WalRecord {
  const seed = createHash('sha256').update(`${lsn}`).digest();
  const data = Buffer.alloc(seed.readUInt16LE(0) % 2_000, seed);
  return seed[2] === undefined || seed[2] < 128 ? { lsn, data } : { lsn, data, spaceId: seed[3], pageNo: seed[4] };
}

/** Follows one replica, or any, and checks that it brings each record once, as it was written. */
function reader(client: SafekeeperClient, from?: TestReplica) {
  const state = { last: 0n, stop: new AbortController(), failed: undefined as Error | undefined };
  const ended = (async () => {
    for await (const record of client.follow({}, { from: from?.url, signal: state.stop.signal })) {
      if (record.lsn !== state.last + 1n) throw new Error(`${record.lsn} came after ${state.last}`);
      const { data, ...fields } = recordAt(record.lsn);
      if (Buffer.compare(data, record.data) !== 0 || !isDeepStrictEqual({ ...record, data }, { ...fields, data }))
        throw new Error(`${record.lsn} is another record`);
      state.last = record.lsn;
    }
  })().catch((error: unknown) => {
    if (!state.stop.signal.aborted) state.failed = error as Error;
  });
  return { state, ended };
}

test('a stream in and streams out go on through the deaths of leaders; nothing is lost, nothing comes twice', async () => {
  const client = clientOf(...cluster.replicas);
  const readers = [reader(client), ...cluster.replicas.map((replica) => reader(client, replica))];
  const acknowledged: bigint[] = [];
  const stream = client.openStream({
    previousLsn: 0n,
    window: 500,
    onAcknowledged: ({ lsn }) => void acknowledged.push(lsn),
  });
  let lsn = 0n;
  let stopping = false;
  const writing = (async () => {
    while (!stopping) {
      await stream.write(recordAt(++lsn));
      // The readers share this process.
      if (lsn % 50n === 0n) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return stream.end();
  })();
  for (let round = 0; round < 3; round++) {
    const goal = acknowledged.length + 2_000;
    await waitFor('two thousand records', async () => acknowledged.length > goal || undefined);
    const leader = await cluster.leader();
    await leader.end('SIGKILL');
    const killedAt = acknowledged.length;
    await waitFor('the next leader to store more', async () => acknowledged.length > killedAt + 600 || undefined);
    leader.start();
  }
  stopping = true;
  expect(await writing).toEqual({ recordCount: Number(lsn), lastLsn: lsn });
  expect(acknowledged).toEqual(Array.from({ length: Number(lsn) }, (_, at) => BigInt(at + 1)));
  for (const { state, ended } of readers) {
    await waitFor('every reader to have all', async () => {
      if (state.failed !== undefined) throw state.failed;
      return state.last === lsn || undefined;
    });
    state.stop.abort();
    await ended;
  }
  await client.close();
});

test('whoever knows only a follower is handed on to the leader', async () => {
  const leader = await cluster.leader();
  const [follower] = cluster.replicas.filter((replica) => replica !== leader);
  if (follower === undefined) throw new Error('no follower');
  const client = clientOf(follower);
  const first = await client.latestLsn();
  const stream = client.openStream({ previousLsn: first, generation: 0 });
  for (let lsn = first + 1n; lsn <= first + 1_000n; lsn++) await stream.write(recordAt(lsn));
  expect(await stream.end()).toEqual({ recordCount: 1_000, lastLsn: first + 1_000n });
  expect(await follower.prometheus('safekeeper_streams_open', { direction: 'in' })).toBe(0);
  expect(
    await leader.prometheus('safekeeper_http_requests_total', { route: '/api/v1/stream_wal', code: '200' }),
  ).toBeGreaterThan(0);
  const found: bigint[] = [];
  const range = { from: first + 1n, through: first + 1_000n };
  for await (const { lsn } of client.follow(range)) found.push(lsn);
  expect(found.length).toBe(1_000);
  await client.close();
});

test('a replica that is told to stop ends its streams in order, and the readers go on elsewhere', async () => {
  const client = clientOf(...cluster.replicas);
  const stream = client.openStream();
  const first = await client.latestLsn();
  const found: bigint[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const { lsn } of client.follow({ from: first + 1n }, { signal: stop.signal })) found.push(lsn);
  })().catch(() => undefined);
  let lsn = first;
  for (const replica of cluster.replicas) {
    await stream.write(recordAt(++lsn));
    await stream.flush();
    const status = replica.end('SIGTERM');
    await stream.write(recordAt(++lsn));
    await stream.flush();
    expect(await status).toBe(0);
    replica.start();
    await cluster.leader();
  }
  await waitFor('the reader to have all', async () => found.at(-1) === lsn || undefined);
  expect(found).toEqual(Array.from({ length: Number(lsn - first) }, (_, at) => first + BigInt(at) + 1n));
  stop.abort();
  await reading;
  await stream.end();
  await client.close();
});
