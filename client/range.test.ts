import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SafekeeperClient } from './client.ts';
import type { WalRecord } from './record.ts';
import { FakeCluster } from './testing/fake_cluster.ts';
import { LSN_MAX } from './u64.ts';

let cluster: FakeCluster;
let client: SafekeeperClient;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  client = new SafekeeperClient({ urls: cluster.urls, timeoutMs: 5_000 });
  for (const lsn of [1n, 2n, 5n, 8n, LSN_MAX - 1n])
    await client.write({ lsn, data: Buffer.from(`${lsn}`), spaceId: 7 });
  cluster.requests.length = 0;
});
afterEach(async () => {
  await client.close();
  await cluster.stop();
});

async function all(records: AsyncIterable<WalRecord>): Promise<WalRecord[]> {
  const found: WalRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}
const lsns = async (records: AsyncIterable<WalRecord>) => (await all(records)).map(({ lsn }) => lsn);

describe('records', () => {
  it('are read in order, page by page, digit for digit', async () => {
    expect(await lsns(client.records({ pageSize: 2 }))).toEqual([1n, 2n, 5n, 8n, LSN_MAX - 1n]);
    expect(cluster.requests.map(({ query }) => query.get('start_lsn'))).toEqual(['1', '3', '9']);
    const [first] = await all(client.records());
    expect(first).toEqual({ lsn: 1n, data: Buffer.from('1'), spaceId: 7 });
  });

  it('begin and end where it is wanted, and may be none', async () => {
    expect(await lsns(client.records({ from: 2n, through: 8n, pageSize: 1 }))).toEqual([2n, 5n, 8n]);
    expect(await lsns(client.records({ from: 9n, through: 100n }))).toEqual([]);
    expect(await lsns(client.records({ from: 9n, through: 8n }))).toEqual([]);
  });

  it('are read no further than somebody takes them', async () => {
    for await (const { lsn } of client.records({ pageSize: 2 })) if (lsn === 2n) break;
    expect(cluster.requests).toHaveLength(1);
  });

  it('are read linearizably unless a replica is named, and through a fail-over', async () => {
    let dropped = false;
    cluster.treat = () => {
      if (dropped) return 'serve';
      dropped = true;
      return 'dropBefore';
    };
    expect(await lsns(client.records())).toHaveLength(5);
    await all(client.records({}, { from: cluster.urls[1] }));
    const asked = cluster.requests.filter(({ path }) => path.endsWith('get_wal_range'));
    expect(asked.map(({ query }) => query.get('consistency')).slice(-2)).toEqual(['linearizable', null]);
  });

  it('cannot be read with a range that makes no sense, nor from an answer that is none', async () => {
    await expect(lsns(client.records({ from: 0n }))).rejects.toThrow('LSNs are from 1');
    await expect(lsns(client.records({ through: LSN_MAX + 1n }))).rejects.toThrow('LSNs are from 1');
    await expect(lsns(client.records({ pageSize: 0 }))).rejects.toThrow('from 1 to 10000');
    cluster.treat = () => ({ status: 200, body: { status: 'success', wals: [], more: true, next_lsn: 1 } });
    await expect(lsns(client.records())).rejects.toThrow('no page of records');
    cluster.treat = () => ({ status: 200, body: { status: 'success', wals: [{ lsn: 1 }], more: false } });
    await expect(lsns(client.records())).rejects.toThrow('no valid record');
  });
});
