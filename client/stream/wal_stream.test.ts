import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SafekeeperClient } from '../client.ts';
import type { WalRecord } from '../record.ts';
import { FakeCluster } from '../testing/fake_cluster.ts';

let cluster: FakeCluster;
let client: SafekeeperClient;
beforeEach(async () => {
  cluster = await FakeCluster.start();
  client = new SafekeeperClient({ urls: cluster.urls, timeoutMs: 3_000 });
});
afterEach(async () => {
  await client.close();
  await cluster.stop();
});

const recordAt = (lsn: number, bytes = 8): WalRecord => ({ lsn: BigInt(lsn), data: Buffer.alloc(bytes, lsn) });

it('acknowledges while it is open, and connects again after a break between two bursts', async () => {
  const acknowledged: bigint[] = [];
  const stream = client.openStream({ previousLsn: 0n, onAcknowledged: ({ lsn }) => void acknowledged.push(lsn) });
  await stream.write({ ...recordAt(1), spaceId: 3, pageNo: 0xffff_ffff });
  await stream.write(recordAt(2));
  expect(await stream.flush()).toEqual({ recordCount: 2, lastLsn: 2n });
  expect([stream.acknowledgedLsn, stream.openCount]).toEqual([2n, 0]);
  expect(cluster.records.get(1n)).toMatchObject({ spaceId: 3, pageNo: 0xffff_ffff });
  await cluster.kill(0);
  cluster.leader = 1;
  await stream.write(recordAt(3));
  expect(await stream.end()).toEqual({ recordCount: 3, lastLsn: 3n });
  expect(acknowledged).toEqual([1n, 2n, 3n]);
  const lastWrite = cluster.requests.filter(({ path }) => path === '/api/v1/stream_wal').at(-1);
  expect(lastWrite).toMatchObject({ replica: 1, body: { lsn: 3, prev_lsn: 2 } });
});

it('a replica that hangs is left for the one that leads', async () => {
  cluster.treat = ({ replica, path }) => (replica === 0 && path === '/api/v1/stream_wal' ? 'hang' : 'serve');
  const stream = client.openStream();
  await stream.write(recordAt(1));
  setTimeout(() => (cluster.leader = 2), 300);
  expect(await stream.end()).toEqual({ recordCount: 1, lastLsn: 1n });
});

it('says what it is given up for, each time it is asked', async () => {
  cluster.records.set(2n, { base64: 'AAAA', spaceId: undefined, pageNo: undefined });
  const stream = client.openStream({ previousLsn: 0n });
  for (const lsn of [1, 2, 3]) await stream.write(recordAt(lsn));
  await expect(stream.flush()).rejects.toMatchObject({ code: 'conflict' });
  await expect(stream.write(recordAt(4))).rejects.toMatchObject({ code: 'conflict' });
  await expect(stream.end()).rejects.toMatchObject({ code: 'conflict' });
  expect(stream.acknowledgedLsn).toBe(1n);
});

it('a record that cannot be written ends nothing', async () => {
  const stream = client.openStream({ previousLsn: 5n });
  await expect(stream.write(recordAt(5))).rejects.toMatchObject({ code: 'malformed' });
  await expect(stream.write({ ...recordAt(6), pageNo: -1 })).rejects.toMatchObject({ code: 'malformed' });
  cluster.latestLsn = 5n;
  await stream.write(recordAt(6));
  expect(await stream.end()).toEqual({ recordCount: 1, lastLsn: 6n });
  await expect(stream.write(recordAt(7))).rejects.toMatchObject({ code: 'closed' });
});

it('gives up when nobody leads for as long as is allowed, and tells a timeout from a refusal to begin', async () => {
  cluster.leader = undefined;
  const impatient = client.openStream({ timeoutMs: 400 });
  await impatient.write(recordAt(1));
  await expect(impatient.end()).rejects.toMatchObject({ code: 'unavailable' });
  cluster.leader = 0;
  cluster.treat = ({ path }) => (path === '/api/v1/stream_wal' ? 'hang' : 'serve');
  const doubtful = client.openStream({ timeoutMs: 800 });
  await doubtful.write(recordAt(1));
  await expect(doubtful.end()).rejects.toMatchObject({ code: 'timed_out' });
});

it('ends with its client, and with its signal', async () => {
  cluster.treat = ({ path }) => (path === '/api/v1/stream_wal' ? 'hang' : 'serve');
  const controller = new AbortController();
  const aborted = client.openStream({ signal: controller.signal });
  await aborted.write(recordAt(1));
  setTimeout(() => controller.abort(), 50);
  await expect(aborted.end()).rejects.toMatchObject({ code: 'aborted' });
  const closed = client.openStream();
  await closed.write(recordAt(1));
  setTimeout(() => void client.close(), 50);
  await expect(closed.end()).rejects.toMatchObject({ code: 'closed' });
});

it('keeps no record it is done with, however long the stream', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  let collected = 0;
  const registry = new FinalizationRegistry(() => (collected += 1));
  const stream = client.openStream({ window: 8 });
  for (let lsn = 1; lsn <= 1_000; lsn++) {
    const record = recordAt(lsn);
    registry.register(record.data, lsn);
    await stream.write(record);
  }
  // Finalizers run some time after the collection.
  for (let tries = 0; tries < 100 && collected < 900; tries++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await stream.end();
  expect(collected).toBeGreaterThan(900);
});
