import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvent } from './caller.ts';
import { type ClientOptions, SafekeeperClient } from './client.ts';
import { SafekeeperError } from './errors.ts';
import { FakeCluster, type FakeRequest } from './testing/fake_cluster.ts';
import { LSN_MAX } from './u64.ts';

const WRITE = '/api/v1/stream_wal';
const HELLO = Buffer.from('hello');
const BUSY = { status: 429, body: { status: 'error', error: 'Too much.', code: 'overloaded' } };

let cluster: FakeCluster;
let clients: SafekeeperClient[];
let events: ClientEvent[];

beforeEach(async () => {
  cluster = await FakeCluster.start({ apiKey: 'secret' });
  clients = [];
  events = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await cluster.stop();
});

function connect(options: Partial<ClientOptions> = {}): SafekeeperClient {
  const onEvent = (event: ClientEvent) => void events.push(event);
  const client = new SafekeeperClient({ urls: cluster.urls, apiKey: 'secret', timeoutMs: 10_000, onEvent, ...options });
  clients.push(client);
  return client;
}

async function failureOf(promise: Promise<unknown>): Promise<SafekeeperError> {
  const outcome = await promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof SafekeeperError)) throw outcome;
  return outcome;
}

function isWrite(request: FakeRequest): boolean {
  return request.path === WRITE;
}

describe('reading and writing', () => {
  it('writes to the leader and reads back what it wrote', async () => {
    cluster.leader = 1;
    const client = connect();
    expect(await client.latestLsn()).toBe(0n);
    expect(await client.write({ lsn: 1000n, data: HELLO, spaceId: 1, pageNo: 42 })).toEqual({ lastAppliedLsn: 1000n });
    expect(await client.latestLsn()).toBe(1000n);
    const record = await client.get(1000n);
    expect({ ...record, data: Buffer.from(record.data).toString() }).toEqual({
      lsn: 1000n,
      data: 'hello',
      spaceId: 1,
      pageNo: 42,
    });
    expect(cluster.requests.filter(isWrite).map(({ replica }) => replica)).toEqual([1]);
  });

  it('carries the highest LSN and an empty record, digit for digit', async () => {
    const client = connect();
    expect(await client.write({ lsn: LSN_MAX, data: new Uint8Array() })).toEqual({ lastAppliedLsn: LSN_MAX });
    expect(await client.latestLsn()).toBe(LSN_MAX);
    expect((await client.get(LSN_MAX)).data.byteLength).toBe(0);
    expect((await client.metrics()).latest_lsn).toBe(LSN_MAX);
  });

  it('asks linearizably, unless one replica is named', async () => {
    const client = connect();
    await client.latestLsn();
    await client.latestLsn({ from: cluster.urls[2] });
    await client.latestLsn({ from: cluster.urls[2], consistency: 'linearizable' });
    const asked = cluster.requests.filter(({ path }) => path.endsWith('get_latest_lsn'));
    expect(asked.map(({ query }) => query.get('consistency'))).toEqual(['linearizable', null, 'linearizable']);
    expect(asked.slice(1).map(({ replica }) => replica)).toEqual([2, 2]);
  });

  it('pings one replica or the one it talks to', async () => {
    const client = connect();
    expect(await client.ping()).toEqual({ version: '0.0.0', state: 'leader' });
    expect(await client.ping({ from: cluster.urls[1] })).toEqual({ version: '0.0.0', state: 'follower' });
  });

  it('raises the generation and is fenced by a higher one', async () => {
    const client = connect();
    await client.write({ lsn: 7n, data: HELLO });
    expect(await client.raiseGeneration(3)).toEqual({ generation: 3, latestLsn: 7n });
    expect((await failureOf(client.write({ lsn: 8n, data: HELLO, generation: 2 }))).code).toBe('fenced');
    await client.write({ lsn: 8n, data: HELLO, generation: 3 });
    expect((await failureOf(client.raiseGeneration(1))).code).toBe('fenced');
  });

  it('keeps one connection for writes, in the order they were made', async () => {
    const client = connect();
    await client.latestLsn();
    const lsns = Array.from({ length: 200 }, (_unused, index) => BigInt(index + 1));
    await Promise.all(lsns.map((lsn) => client.write({ lsn, data: HELLO })));
    expect(cluster.requests.filter(isWrite).map(({ body }) => body.lsn)).toEqual(lsns.map(Number));
  });
});

describe('definite answers', () => {
  it.each<[string, bigint, string, bigint | undefined]>([
    ['conflict', 10n, 'other', undefined],
    ['out_of_order', 9n, 'hello', undefined],
    ['gap', 20n, 'hello', 5n],
  ])('throws %s with the latest LSN, without repeating', async (code, lsn, data, previousLsn) => {
    const client = connect();
    await client.write({ lsn: 10n, data: HELLO });
    const error = await failureOf(client.write({ lsn, data: Buffer.from(data), previousLsn }));
    expect([error.code, error.latestLsn, cluster.requests.filter(isWrite).length]).toEqual([code, 10n, 2]);
  });

  it('says that the key is wrong', async () => {
    const error = await failureOf(connect({ apiKey: 'wrong' }).write({ lsn: 1n, data: HELLO }));
    expect(error.code).toBe('unauthorized');
    expect(error.message).toBe('Authentication required. Give the API key that the safekeepers were started with.');
  });

  it('tells a missing record from a place that is no safekeeper', async () => {
    const client = connect();
    const missing = await failureOf(client.get(5n));
    expect([missing.code, missing.latestLsn]).toEqual(['not_found', 0n]);
    cluster.treat = () => ({ status: 404, body: '<html>' });
    expect((await failureOf(client.get(5n))).code).toBe('protocol');
  });

  it('refuses what cannot be right before sending anything', async () => {
    expect((await failureOf(connect().write({ lsn: 0n, data: HELLO }))).code).toBe('malformed');
    expect(cluster.requests).toEqual([]);
    for (const urls of [[], ['localhost:8090'], ['http://a/path'], ['nonsense']]) {
      expect(() => new SafekeeperClient({ urls })).toThrow(SafekeeperError);
    }
  });
});

describe('misfortune', () => {
  it.each(['dropBefore', 'dropAfter'] as const)(
    'repeats after %s, and the record is stored once',
    async (treatment) => {
      cluster.treat = (request) => (isWrite(request) && cluster.writesOf(5n) === 1 ? treatment : 'serve');
      await connect().write({ lsn: 5n, data: HELLO });
      expect([cluster.writesOf(5n), [...cluster.records.keys()]]).toEqual([2, [5n]]);
    },
  );

  it('waits while there is no leader, and writes when there is one', async () => {
    cluster.leader = undefined;
    setTimeout(() => {
      cluster.leader = 2;
    }, 300);
    await connect().write({ lsn: 5n, data: HELLO });
    expect(events.some((event) => event.kind === 'retrying' && event.reason === 'No leader yet.')).toBe(true);
    expect(cluster.requests.filter(isWrite).at(-1)?.replica).toBe(2);
  });

  it('moves to the new leader when the old one dies, and says so', async () => {
    const client = connect();
    await client.write({ lsn: 1n, data: HELLO });
    await cluster.kill(0);
    cluster.leader = 1;
    await client.write({ lsn: 2n, data: HELLO });
    const [first, second] = cluster.urls;
    expect(events.filter(({ kind }) => kind === 'connected')).toEqual([
      { kind: 'connected', url: first, previousUrl: undefined },
      { kind: 'connected', url: second, previousUrl: first },
    ]);
  });

  it('leaves a leader that is silent while another replica leads, without waiting for a timeout', async () => {
    const client = connect({ silenceMs: 100 });
    await client.write({ lsn: 1n, data: HELLO });
    cluster.treat = ({ replica }) => (replica === 0 ? 'hang' : 'serve');
    cluster.leader = 1;
    const began = performance.now();
    await client.write({ lsn: 2n, data: HELLO });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('lets a slow leader be slow', async () => {
    let answer: (() => void) | undefined;
    const client = connect({ silenceMs: 50 });
    cluster.treat = (request) => {
      if (isWrite(request)) answer = () => void (cluster.treat = () => 'serve');
      return 'serve';
    };
    // Held for a predecessor that comes much later than the silence.
    const held = client.write({ lsn: 2n, data: HELLO, previousLsn: 1n });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([cluster.writesOf(2n), answer === undefined]).toEqual([1, false]);
    await connect().write({ lsn: 1n, data: HELLO });
    await held;
    expect(cluster.writesOf(2n)).toBe(1);
  });

  it('writes through a follower when the leader cannot be reached', async () => {
    const client = connect({ urls: cluster.urls.slice(1) });
    await client.write({ lsn: 1n, data: HELLO });
    expect(cluster.requests.filter(isWrite).at(-1)?.replica).not.toBe(0);
  });

  it('honours Retry-After when the leader is overloaded', async () => {
    const times: number[] = [];
    cluster.treat = (request) => {
      if (!isWrite(request)) return 'serve';
      times.push(performance.now());
      return times.length === 1 ? { ...BUSY, headers: { 'retry-after': '1' } } : 'serve';
    };
    await connect().write({ lsn: 1n, data: HELLO });
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThan(950);
  });

  it('gives up in time: unavailable when nobody took it, timed_out when somebody may have', async () => {
    cluster.leader = undefined;
    const client = connect({ timeoutMs: 1_000 });
    const refused = await failureOf(client.write({ lsn: 1n, data: HELLO }));
    expect(refused.code).toBe('unavailable');
    expect(refused.message).toContain('Gave up writing LSN 1 after 1 s without success. Last: No leader yet.');
    cluster.leader = 0;
    cluster.treat = (request) => (isWrite(request) ? 'dropAfter' : 'serve');
    const lost = await failureOf(client.write({ lsn: 1n, data: HELLO }));
    expect([lost.code, cluster.latestLsn]).toEqual(['timed_out', 1n]);
    await cluster.stop();
    expect((await failureOf(connect({ timeoutMs: 1_000 }).latestLsn())).code).toBe('unavailable');
  });

  it('stops when told: by a signal, or by close', async () => {
    cluster.treat = (request) => (isWrite(request) ? 'hang' : 'serve');
    const client = connect();
    const controller = new AbortController();
    const aborted = failureOf(client.write({ lsn: 1n, data: HELLO }, { signal: controller.signal }));
    const closed = failureOf(client.write({ lsn: 2n, data: HELLO }));
    while (cluster.requests.filter(isWrite).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await aborted).code).toBe('aborted');
    await client.close();
    expect((await closed).code).toBe('closed');
    expect((await failureOf(client.write({ lsn: 3n, data: HELLO }))).code).toBe('closed');
  });
});
