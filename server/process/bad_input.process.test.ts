import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameHeader } from '../peers/frames.ts';
import { TestCluster, type TestReplica } from '../testing/cluster.ts';
import { type HttpAnswer, postJson, request } from '../testing/http_client.ts';

const KEY = { 'x-api-key': 'right' };

let cluster: TestCluster;
let leader: TestReplica;
let follower: TestReplica;

beforeAll(async () => {
  cluster = await TestCluster.start(3, ['-api-key', 'right', '-max-record-bytes', '64KiB']);
  leader = await cluster.leader();
  follower = cluster.replicas.find((replica) => replica !== leader) ?? leader;
  const first = await leader.stream('{"lsn":1000,"wal_data":"aGVsbG8="}', KEY);
  if (first.status !== 200) throw new Error(first.text);
});
afterAll(() => cluster.close());

const problem = ({ text }: HttpAnswer) => JSON.parse(text) as { error: string; code: string; latest_lsn?: number };

/** Whatever was refused, the log goes on right after. */
let next = 1000;
async function stillWorks(): Promise<void> {
  const previous = next++;
  const answer = await follower.stream(`{"lsn":${next},"prev_lsn":${previous},"wal_data":""}`, KEY);
  expect(answer.text).toBe(`{"status":"success","last_applied_lsn":${next}}`);
}

describe.each([
  ['at the leader', () => leader],
  ['at a follower', () => follower],
])('bad records %s', (_where, replica) => {
  test.each([
    ['broken JSON', '{"lsn":', 400, 'no valid JSON'],
    ['no JSON at all', '\u0000\u0001', 400, 'no valid JSON'],
    ['rubbish base64', '{"lsn":2000,"wal_data":"%%%"}', 400, 'standard base64'],
    ['LSN 0', '{"lsn":0,"wal_data":""}', 400, 'not 0.'],
    ['a negative LSN', '{"lsn":-3,"wal_data":""}', 400, 'not -3.'],
    ['a fractional LSN', '{"lsn":1.5,"wal_data":""}', 400, 'not 1.5.'],
    ['an LSN above 2^64-1', '{"lsn":18446744073709551616,"wal_data":""}', 400, 'not 18446744073709551616.'],
    ['no LSN', '{"wal_data":""}', 400, 'lsn is missing'],
    ['a conflicting LSN', '{"lsn":1000,"wal_data":"d29ybGQ="}', 409, ''],
    ['a lower LSN', '{"lsn":999,"wal_data":""}', 409, ''],
    ['a gap', '{"lsn":3000,"prev_lsn":1,"wal_data":""}', 409, ''],
  ])('%s', async (_what, body, status, sentence) => {
    const answer = await replica().stream(body, KEY);
    expect(answer.status).toBe(status);
    expect(problem(answer).error).toContain(sentence);
    if (status === 409) expect(problem(answer).latest_lsn).toBe(next);
    await stillWorks();
  });

  test('the same record again is success', async () => {
    expect((await replica().stream('{"lsn":1000,"wal_data":"aGVsbG8="}', KEY)).status).toBe(200);
  });

  test('a wrong key, or none', async () => {
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { authorization: 'Bearer wrong' }]) {
      const answer = await replica().stream('{"lsn":2000,"wal_data":""}', headers);
      expect([answer.status, problem(answer).error]).toEqual([401, expect.stringContaining('Authentication required')]);
    }
    await stillWorks();
  });

  test('a record that is too large, and a body that is much too large', async () => {
    const record = (bytes: number) => `{"lsn":2000000,"wal_data":"${Buffer.alloc(bytes).toString('base64')}"}`;
    for (const bytes of [64 * 1024 + 1, 200 * 1024, 8 * 1024 * 1024]) {
      const answer = await replica().stream(record(bytes), KEY);
      expect([answer.status, problem(answer).code]).toEqual([413, 'too_large']);
    }
    await stillWorks();
  });

  test('a body that never ends is stopped at the limit', async () => {
    const { hostname, port } = new URL(replica().url);
    const status = await new Promise<number>((resolve, reject) => {
      const endless = http.request({
        hostname,
        port,
        path: '/api/v1/stream_wal',
        method: 'POST',
        headers: { ...KEY, 'content-type': 'application/json' },
      });
      const feed = setInterval(() => endless.write('x'.repeat(20_000)), 2);
      endless.on('response', (response) => {
        clearInterval(feed);
        resolve(response.statusCode ?? 0);
        endless.destroy();
      });
      endless.on('error', (error) => {
        clearInterval(feed);
        reject(error);
      });
    });
    expect(status).toBe(413);
    await stillWorks();
  });
});

describe('bad requests', () => {
  test.each([
    ['an unknown path', 'GET', '/api/v1/nothing', {}, 404],
    ['a path outside the API', 'GET', '/', {}, 404],
    ['a wrong method', 'GET', '/api/v1/stream_wal', {}, 405],
    ['a wrong method between replicas', 'GET', '/api/v1/heartbeat', {}, 405],
    ['a wrong type', 'POST', '/api/v1/stream_wal', { ...KEY, 'content-type': 'text/plain' }, 415],
    ['a consistency that does not exist', 'GET', '/api/v1/get_latest_lsn?consistency=strong', {}, 400],
    ['a record that does not exist', 'GET', '/api/v1/get_wal?lsn=5', {}, 404],
    ['a page of rubbish', 'GET', '/api/v1/get_wal?lsn=%F0%9F%92%A9', {}, 400],
  ] as const)('%s', async (_what, method, path, headers, status) => {
    const answer = await request(`${leader.url}${path}`, { method, headers });
    expect(answer.status).toBe(status);
    expect(problem(answer)).toMatchObject({ status: 'error', error: expect.any(String), code: expect.any(String) });
  });

  test('what is no HTTP ends that connection and nothing else', async () => {
    for (const rubbish of ['\u0016\u0003\u0001\u0002', 'GET / HTTP/1.1\r\nHost: \u0000\r\n\r\n', 'A'.repeat(100_000)]) {
      const socket = net.connect(leader.port, '127.0.0.1');
      await new Promise<void>((resolve) => {
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume().write(rubbish);
        socket.end();
      });
    }
    await stillWorks();
  });
});

describe('bad messages between replicas', () => {
  const binary = { ...KEY, 'content-type': 'application/octet-stream' };
  const send = (path: string, body: string | Uint8Array, headers: Record<string, string> = binary) =>
    request(`${leader.url}/api/v1/${path}`, { method: 'POST', headers, body });

  test.each(['replicate_wal', 'request_vote', 'heartbeat'])('%s', async (path) => {
    const prototype = '{"term":99,"leader_id":"safekeeper-2","candidate_id":"safekeeper-2","lsn":5000,"wal_data":""}';
    const json = await postJson(`${leader.url}/api/v1/${path}`, prototype, KEY);
    expect([json.status, problem(json).error]).toEqual([400, expect.stringContaining('never completed with defaults')]);
    const noise = new Uint8Array(Buffer.concat([frameHeader(40), Buffer.alloc(40, 7)]));
    const malformed = await send(path, noise);
    expect([malformed.status, problem(malformed).error]).toEqual([400, expect.stringContaining('malformed')]);
    const huge = await send(path, Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(huge.status).toBe(413);
    const wrongKey = await send(path, noise, { ...binary, 'x-api-key': 'wrong' });
    expect([wrongKey.status, problem(wrongKey).error]).toEqual([
      401,
      expect.stringContaining('Authentication required'),
    ]);
    expect(leader.lines.join('\n')).toContain('never completed with defaults');
    await stillWorks();
  });
});

test('in the end nothing that was refused is stored, and keys are in no log', async () => {
  for (const lsn of [999, 2000, 3000, 5000, 2000000]) {
    expect((await follower.get(`get_wal?lsn=${lsn}`)).status).toBe(404);
  }
  for (const replica of cluster.replicas) expect(replica.lines.join('\n')).not.toMatch(/\bright\b/);
});
