import { afterEach, beforeEach, expect, it } from 'vitest';
import { SafekeeperClient } from '../client.ts';
import { FakeCluster } from '../testing/fake_cluster.ts';

let cluster: FakeCluster;
let client: SafekeeperClient;
beforeEach(async () => {
  cluster = await FakeCluster.start();
  client = new SafekeeperClient({ urls: cluster.urls, timeoutMs: 2_000 });
});
afterEach(async () => {
  await client.close();
  await cluster.stop();
});

const write = async (...lsns: number[]) => {
  for (const lsn of lsns) await client.write({ lsn: BigInt(lsn), data: Buffer.from(`data ${lsn}`) });
};
const isFollow = ({ path }: { path: string }) => path === '/api/v1/get_wal_range';

it('brings what is there and what comes, through the death of whoever brings it, each record once', async () => {
  await write(1, 2, 5);
  const found: string[] = [];
  let written: Promise<void> | undefined;
  for await (const { lsn, data } of client.follow()) {
    found.push(`${lsn} ${Buffer.from(data).toString()}`);
    if (lsn === 5n) {
      // Whoever serves this one dies.
      const [serving] = cluster.requests.filter(isFollow).slice(-1);
      if (serving === undefined) throw new Error('nobody serves');
      cluster.leader = (serving.replica + 1) % 3;
      await cluster.kill(serving.replica);
      written = write(6, 7);
    }
    if (lsn === 7n) break;
  }
  // A follower may have a record before its writer hears of it.
  await written;
  expect(found).toEqual([1, 2, 5, 6, 7].map((lsn) => `${lsn} data ${lsn}`));
  const [first, second] = cluster.requests.filter(isFollow);
  expect(first?.query.get('start_lsn')).toBe('1');
  expect(second?.query.get('start_lsn')).toBe('6');
});

it('ends with its range, also where no record has its last LSN', async () => {
  await write(1, 2, 5);
  const found: bigint[] = [];
  for await (const { lsn } of client.follow({ from: 2n, through: 4n })) found.push(lsn);
  expect(found).toEqual([2n]);
});

it('gives up when nobody serves it, and at once at what no other replica can change', async () => {
  const read = async (options = {}) => {
    for await (const record of client.follow({}, options)) throw new Error(`brought ${record.lsn}`);
  };
  cluster.treat = (request) => (isFollow(request) ? 'dropBefore' : 'serve');
  await expect(read({ timeoutMs: 500 })).rejects.toMatchObject({ code: 'timed_out' });
  const body = { status: 'error', error: 'No key.', code: 'unauthorized' };
  cluster.treat = (request) => (isFollow(request) ? { status: 401, body } : 'serve');
  await expect(read()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(() => client.follow({}, { from: 'http://elsewhere:1' })).toThrow('not one of this client');
});

it('stops with its signal, its client, and its reader', async () => {
  await write(1);
  const controller = new AbortController();
  const aborted = (async () => {
    for await (const { lsn } of client.follow({}, { signal: controller.signal })) if (lsn === 1n) controller.abort();
  })();
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  const closed = (async () => {
    for await (const { lsn } of client.follow()) if (lsn === 1n) void client.close();
  })();
  await expect(closed).rejects.toMatchObject({ code: 'closed' });
});
