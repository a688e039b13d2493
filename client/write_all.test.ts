import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SafekeeperClient } from './client.ts';
import type { WalRecord } from './record.ts';
import { FakeCluster, type FakeRequest, type Treatment } from './testing/fake_cluster.ts';

let cluster: FakeCluster;
let client: SafekeeperClient;

beforeEach(async () => {
  cluster = await FakeCluster.start({ heldMs: 150 });
  client = new SafekeeperClient({ urls: cluster.urls, timeoutMs: 10_000 });
});

afterEach(async () => {
  await client.close();
  await cluster.stop();
});

function numbered(count: number, bytes = 8): WalRecord[] {
  return Array.from({ length: count }, (_unused, index) => ({
    lsn: BigInt(10 * (index + 1)),
    data: Buffer.alloc(bytes, index),
  }));
}

function isWrite(request: FakeRequest): boolean {
  return request.path === '/api/v1/stream_wal';
}

/** Every n-th write meets a misfortune, in turn. */
function everyNth(n: number, misfortunes: readonly Treatment[]): (request: FakeRequest) => Treatment {
  let writes = 0;
  return (request) => {
    if (!isWrite(request)) return 'serve';
    writes += 1;
    return writes % n === 0 ? (misfortunes[(writes / n) % misfortunes.length] ?? 'serve') : 'serve';
  };
}

describe('writeAll', () => {
  it('stores all, tied to each other, and acknowledges in order', async () => {
    const records = numbered(500);
    const acknowledged: bigint[] = [];
    const onAcknowledged = ({ lsn }: WalRecord) => void acknowledged.push(lsn);
    const result = await client.writeAll(records, { previousLsn: 0n, generation: 4, onAcknowledged });
    expect(result).toEqual({ recordCount: 500, lastLsn: 5000n });
    expect(acknowledged).toEqual(records.map(({ lsn }) => lsn));
    expect([...cluster.records.keys()]).toEqual(acknowledged);
    const writes = cluster.requests.filter(isWrite).map(({ body }) => [body.prev_lsn, body.lsn, body.generation]);
    expect(writes[0]).toEqual([0, 10, 4]);
    expect(writes[499]).toEqual([4990, 5000, 4]);
  });

  it('has nothing to say about no records', async () => {
    expect(await client.writeAll([])).toEqual({ recordCount: 0, lastLsn: undefined });
  });

  it('survives lost answers, lost requests, overload and a moving leader', async () => {
    const nth = everyNth(23, [
      'dropAfter',
      { status: 503, body: { status: 'error', error: 'Unknown.', code: 'unknown' } },
      'dropBefore',
      { status: 429, body: { status: 'error', error: 'Busy.', code: 'overloaded' } },
    ]);
    cluster.treat = (request) => {
      cluster.leader = Math.floor(cluster.records.size / 100) % 3;
      return nth(request);
    };
    const acknowledged: bigint[] = [];
    const records = numbered(600);
    const onAcknowledged = ({ lsn }: WalRecord) => void acknowledged.push(lsn);
    await client.writeAll(records, { previousLsn: 0n, window: 32, onAcknowledged });
    expect(acknowledged).toEqual(records.map(({ lsn }) => lsn));
    expect([...cluster.records.keys()]).toEqual(acknowledged);
  }, 30_000);

  it('sends again from the first unacknowledged record when the server is busy', async () => {
    const until = performance.now() + 600;
    cluster.treat = (request) =>
      isWrite(request) && request.body.lsn === 10 && performance.now() < until
        ? { status: 429, body: { status: 'error', error: 'Busy.', code: 'overloaded' } }
        : 'serve';
    await client.writeAll(numbered(20), { previousLsn: 0n });
    expect(cluster.records.size).toBe(20);
    expect(cluster.writesOf(10n)).toBeGreaterThan(1);
    expect([...cluster.records.keys()]).toEqual(numbered(20).map(({ lsn }) => lsn));
  });

  it('keeps to the window, in records and in bytes', async () => {
    let open = 0;
    let most = 0;
    async function* source(records: readonly WalRecord[]) {
      for (const record of records) {
        yield record;
        open += 1;
        most = Math.max(most, open);
      }
    }
    const onAcknowledged = () => void (open -= 1);
    await client.writeAll(source(numbered(100)), { window: 5, onAcknowledged });
    expect(most).toBeLessThanOrEqual(6);
    most = 0;
    const big = numbered(100, 1_000).map((record) => ({ ...record, lsn: record.lsn + 1_000n }));
    await client.writeAll(source(big), { windowBytes: 3_500, onAcknowledged });
    expect(most).toBeLessThanOrEqual(4);
  });

  it('acknowledges at once even while the source has nothing more', async () => {
    let release: () => void = () => {};
    async function* source() {
      yield* numbered(1);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    await client.writeAll(source(), { onAcknowledged: () => release() });
  });

  it('throws the first failure in order, after everything before it was acknowledged', async () => {
    const acknowledged: bigint[] = [];
    cluster.records.set(50n, { base64: 'AAAA', spaceId: undefined, pageNo: undefined });
    const onAcknowledged = ({ lsn }: WalRecord) => void acknowledged.push(lsn);
    const writing = client.writeAll(numbered(10), { previousLsn: 0n, onAcknowledged });
    await expect(writing).rejects.toMatchObject({ code: 'conflict' });
    expect(acknowledged).toEqual([10n, 20n, 30n, 40n]);
  });

  it('fails for good on a gap that is real', async () => {
    await expect(client.writeAll(numbered(10), { previousLsn: 5n })).rejects.toMatchObject({
      code: 'gap',
      latestLsn: 0n,
    });
  });

  it('passes on what the source throws, after the writes have ended', async () => {
    async function* source() {
      yield* numbered(3);
      throw new Error('the disk broke');
    }
    await expect(client.writeAll(source())).rejects.toThrow('the disk broke');
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    cluster.leader = undefined;
    setTimeout(() => controller.abort(), 100);
    await expect(client.writeAll(numbered(10), { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('allows time without progress, not time in all', async () => {
    async function* slow() {
      for (const record of numbered(8)) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        yield record;
      }
    }
    expect((await client.writeAll(slow(), { timeoutMs: 1_000 })).recordCount).toBe(8);
  });
});
