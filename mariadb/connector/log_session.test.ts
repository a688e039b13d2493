import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SafekeeperClient } from '../../client/index.ts';
import { FakeCluster } from '../../client/testing/fake_cluster.ts';
import { cutFile, listBinaryLogs } from '../binlog/index.ts';
import { LogSession, type Place } from './log_session.ts';
import { Progress } from './progress.ts';
import { FakePrimary } from './testing/fake_primary.ts';

const LOGS = path.resolve(import.meta.dirname, '../testdata');
const BEGIN: Place = { file: 'mariadb-bin.000004', position: 4, previousLsn: 0n };

let cluster: FakeCluster;
let client: SafekeeperClient;
let primary: FakePrimary;
beforeEach(async () => {
  cluster = await FakeCluster.start();
  client = new SafekeeperClient({ urls: cluster.urls });
  primary = FakePrimary.of(LOGS);
});
afterEach(async () => {
  await client.close();
  await cluster.stop();
});

/** Runs sessions until the open file is reached and everything of it is stored. */
async function runAll(torn: string[] = []): Promise<Progress> {
  const stop = new AbortController();
  const progress = new Progress();
  const last = [...primary.files].at(-1);
  const end = (BigInt(Number(last?.[0].slice(-6))) << 32n) | BigInt(last?.[1].byteLength ?? 0);
  const session = new LogSession({
    client,
    source: primary,
    fileBase: 'mariadb-bin',
    generation: 7,
    progress,
    onHeard: () => {},
    onRecord: (lsn) => {
      if (lsn === end) stop.abort();
    },
    onTornTail: (file) => torn.push(file),
  });
  let place = BEGIN;
  while (!stop.signal.aborted) {
    try {
      place = await session.run(place, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  }
  return progress;
}

async function cutAll(): Promise<ReadonlyMap<bigint, string>> {
  const records = new Map<bigint, string>();
  for (const log of (await listBinaryLogs(LOGS)).logs) {
    for await (const { lsn, data } of cutFile(log)) records.set(lsn, Buffer.from(data).toString('base64'));
  }
  return records;
}

const storedRecords = () => new Map([...cluster.records].map(([lsn, { base64 }]) => [lsn, base64]));

describe('a log over several files', () => {
  it('is stored as send would store it; only the open file semi-synchronously', async () => {
    const progress = await runAll();
    expect(storedRecords()).toEqual(await cutAll());
    expect(primary.opened.filter((one) => one.includes('semi-sync'))).toEqual(['mariadb-bin.000006:4 semi-sync']);
    expect(progress.recordsTotal).toBe(cluster.records.size);
    expect(progress.acknowledgedGtid).toMatch(/^0-1-\d+$/);
  });

  it('goes on with the next file where a crash tore one, once all before is stored', async () => {
    const name = 'mariadb-bin.000005';
    const file = primary.files.get(name) ?? Buffer.alloc(0);
    const whole = [...(await cutAll())].filter(
      ([lsn]) => lsn >> 32n !== 5n || (lsn & 0xffff_ffffn) < BigInt(file.byteLength - 100),
    );
    primary.files.set(name, file.subarray(0, file.byteLength - 100));
    const torn: string[] = [];
    await runAll(torn);
    expect(torn).toEqual([name]);
    const stored = storedRecords();
    for (const [lsn, base64] of whole) expect(stored.get(lsn)).toBe(base64);
    expect(stored.size).toBe(whole.length);
  });
});

it('nothing is acknowledged that no quorum has, and everything that it has', async () => {
  // The first file alone: it is open, and holds transactions.
  for (const name of [...primary.files.keys()].slice(1)) primary.files.delete(name);
  cluster.treat = ({ path: asked }) => (asked === '/api/v1/stream_wal' ? 'hang' : 'serve');
  const stop = new AbortController();
  const progress = new Progress();
  const options = { client, source: primary, fileBase: 'mariadb-bin', generation: 7, progress };
  const session = new LogSession({ ...options, onHeard: () => {}, onRecord: () => {}, onTornTail: () => {} });
  const running = session.run(BEGIN, stop.signal);
  running.catch(() => {});
  const records = [...(await cutAll())].filter(([lsn]) => lsn >> 32n === 4n);
  await expect.poll(() => progress.recordsTotal).toBe(records.length);
  expect(session.waitingAcknowledgements).toBeGreaterThan(100);
  expect([primary.acknowledged, progress.acknowledgedLsn]).toEqual([[], 0n]);
  stop.abort();
  await expect(running).rejects.toThrow(/aborted|closed/);
  expect(primary.acknowledged).toEqual([]);

  cluster.treat = () => 'serve';
  await runAll();
  expect(primary.acknowledged.at(-1)).toMatch(/^mariadb-bin\.000004:\d+$/);
});

it('a gap in what the server sends is refused before anything behind it is stored', async () => {
  const name = 'mariadb-bin.000004';
  const file = primary.files.get(name) ?? Buffer.alloc(0);
  const second = 4 + file.readUInt32LE(4 + 9);
  const third = second + file.readUInt32LE(second + 9);
  primary.files.set(name, Buffer.concat([file.subarray(0, second), file.subarray(third)]));
  await expect(runAll()).rejects.toThrow('should end at');
  expect([...cluster.records.keys()].every((lsn) => (lsn & 0xffff_ffffn) <= BigInt(second))).toBe(true);
});
