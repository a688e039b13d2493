import { describe, expect, test } from 'vitest';
import type { Answer, Proposal, Query } from '../../engine/index.ts';
import { SILENT } from '../log/logger.ts';
import { createApp } from './app.ts';
import { type FakeServiceOptions, fakeService } from '../testing/fake_service.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function api(options: FakeServiceOptions = {}) {
  const service = fakeService(options);
  const app = createApp(service);
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(`/api/v1/${path}`, init);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const stream = (body: string, headers: Record<string, string> = JSON_TYPE) =>
    ask('stream_wal', { method: 'POST', headers, body });
  return { ask, stream, asked: service.asked };
}

const stored = (asked: Proposal | Query): Answer =>
  asked.kind === 'record' && 'data' in asked ? { kind: 'stored', lsn: asked.lsn } : { kind: 'unknown', sentence: '?' };

describe('stream_wal', () => {
  test('as published', async () => {
    const { stream, asked } = api({ answer: stored });
    const answer = await stream('{"lsn":1000,"wal_data":"aGVsbG8=","space_id":1,"page_no":42}');
    expect([answer.status, answer.text]).toEqual([200, '{"status":"success","last_applied_lsn":1000}']);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(asked).toEqual([
      {
        kind: 'record',
        lsn: 1000n,
        data: new TextEncoder().encode('hello'),
        spaceId: 1,
        pageNo: 42,
        previousLsn: undefined,
        generation: 0,
      },
    ]);
  });

  test('the largest LSN, as a number and as text, digit for digit', async () => {
    const { stream, asked } = api({ answer: stored });
    for (const lsn of ['18446744073709551615', '"18446744073709551615"']) {
      const answer = await stream(
        `{"lsn":${lsn},"wal_data":"","prev_lsn":18446744073709551614,"generation":9007199254740991}`,
      );
      expect(answer.text).toBe('{"status":"success","last_applied_lsn":18446744073709551615}');
    }
    expect(asked[0]).toMatchObject({
      lsn: 2n ** 64n - 1n,
      previousLsn: 2n ** 64n - 2n,
      generation: Number.MAX_SAFE_INTEGER,
      data: new Uint8Array(0),
    });
  });

  test('optional fields may be null, and the largest page is a number', async () => {
    const { stream, asked } = api({ answer: stored });
    await stream('{"lsn":1,"wal_data":"","space_id":4294967295,"page_no":null,"prev_lsn":0}');
    expect(asked[0]).toMatchObject({ spaceId: 4294967295, pageNo: undefined, previousLsn: 0n });
  });

  test.each([
    ['broken JSON', '{"lsn":1,', 'no valid JSON'],
    ['an empty body', '', 'no valid JSON'],
    ['an empty array', '[]', 'holds no record'],
    ['an array of which one is no record', '[{"lsn":1,"wal_data":""},{"lsn":2}]', 'wal_data is missing'],
    ['an array of numbers', '[7]', '7 was sent where a JSON object belongs'],
    ['an array in another order', '[{"lsn":2,"wal_data":""},{"lsn":1,"wal_data":""}]', 'LSN 1 stands behind LSN 2'],
    ['a number', '7', 'JSON object'],
    ['null', 'null', 'JSON object'],
    ['no LSN', '{"wal_data":""}', 'lsn is missing'],
    ['a generation alone', '{"generation":5}', 'lsn is missing'],
    ['LSN 0', '{"lsn":0,"wal_data":""}', 'lsn must be a whole number from 1 to 18446744073709551615, not 0.'],
    ['a negative LSN', '{"lsn":-1,"wal_data":""}', 'not -1.'],
    ['a fractional LSN', '{"lsn":1.5,"wal_data":""}', 'not 1.5.'],
    ['an LSN too large', '{"lsn":18446744073709551616,"wal_data":""}', 'not 18446744073709551616.'],
    ['an LSN in words', '{"lsn":"first","wal_data":""}', 'not "first".'],
    ['an LSN as object', '{"lsn":{},"wal_data":""}', 'not an object.'],
    ['no data', '{"lsn":1}', 'wal_data is missing'],
    ['rubbish base64', '{"lsn":1,"wal_data":"!!!"}', 'standard base64'],
    ['data that is no text', '{"lsn":1,"wal_data":5}', 'standard base64'],
    ['a space id too large', '{"lsn":1,"wal_data":"","space_id":4294967296}', 'space_id must be'],
    ['a space id as text', '{"lsn":1,"wal_data":"","space_id":"1"}', 'space_id must be'],
    ['a negative page', '{"lsn":1,"wal_data":"","page_no":-1}', 'page_no must be'],
    ['a negative predecessor', '{"lsn":1,"wal_data":"","prev_lsn":-1}', 'prev_lsn must be'],
    ['a generation too large', '{"lsn":1,"wal_data":"","generation":9007199254740992}', 'generation must be'],
  ])('%s is malformed', async (_what, body, sentence) => {
    const { stream, asked } = api({ answer: stored });
    const answer = await stream(body);
    const problem = JSON.parse(answer.text) as Record<string, unknown>;
    expect(answer.status).toBe(400);
    expect(problem).toMatchObject({ status: 'error', code: 'malformed' });
    expect(problem['error']).toContain(sentence);
    expect(asked).toEqual([]);
  });

  test('a body that is too large', async () => {
    const { stream } = api({ bodyBytesMax: 100 });
    const answer = await stream(`{"lsn":1,"wal_data":"${'A'.repeat(100)}"}`);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([413, expect.objectContaining({ code: 'too_large' })]);
  });

  test('types of body', async () => {
    const { stream } = api({ answer: stored });
    const body = '{"lsn":1,"wal_data":""}';
    const status = async (headers: Record<string, string>) => (await stream(body, headers)).status;
    expect(await status({ 'content-type': 'application/json; charset=utf-8' })).toBe(200);
    expect(await status({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(200);
    expect(await status({ 'content-type': 'application/x-www-form-urlencoded', origin: 'http://evil' })).toBe(415);
    expect(await status({ 'content-type': 'text/xml' })).toBe(415);
    expect(await status({ ...JSON_TYPE, 'content-encoding': 'gzip' })).toBe(415);
  });
});

describe('stream_wal with an array', () => {
  const bodyOf = (...lsns: number[]) =>
    JSON.stringify(lsns.map((lsn) => ({ lsn, wal_data: Buffer.from([lsn]).toString('base64') })));

  test('stores each right behind the one before it, and the first anywhere', async () => {
    const { stream, asked } = api({ answer: stored });
    expect((await stream(bodyOf(5, 7, 9))).text).toBe('{"status":"success","last_applied_lsn":9}');
    expect(asked).toMatchObject([
      { lsn: 5n, previousLsn: undefined, data: Uint8Array.of(5) },
      { lsn: 7n, previousLsn: 5n, data: Uint8Array.of(7) },
      { lsn: 9n, previousLsn: 7n, data: Uint8Array.of(9) },
    ]);
  });

  test('a predecessor that is named stays as it is', async () => {
    const { stream, asked } = api({ answer: stored });
    await stream('[{"lsn":5,"wal_data":"","prev_lsn":0},{"lsn":7,"wal_data":"","prev_lsn":6}]');
    expect(asked).toMatchObject([{ previousLsn: 0n }, { previousLsn: 6n }]);
  });

  test('says which record is the first that is not stored, and why', async () => {
    const { stream } = api({
      answer: (asked) =>
        'lsn' in asked && asked.lsn === 7n
          ? { kind: 'refused', code: 'conflict', sentence: 'Another.', latestLsn: 20n }
          : stored(asked),
    });
    const answer = await stream(bodyOf(5, 7, 9));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      409,
      { status: 'error', error: 'Another.', code: 'conflict', latest_lsn: 20, index: 1, last_applied_lsn: 5 },
    ]);
  });

  test('names the malformed record by its place, and asks for none of them', async () => {
    const { stream, asked } = api({ answer: stored });
    const answer = await stream('[{"lsn":1,"wal_data":""},{"lsn":-2,"wal_data":""}]');
    expect(JSON.parse(answer.text)).toMatchObject({ field: 'lsn', index: 1 });
    expect(asked).toEqual([]);
  });

  test('goes to the leader whole, once', async () => {
    const bodies: string[] = [];
    const { stream } = api({
      answer: () => ({ kind: 'notLeader', leader: { replicaId: 'b', url: 'http://b:1' } }),
      forward: async (_call, body) => {
        bodies.push(Buffer.from(body ?? []).toString());
        return { status: 200, body: '{"status":"success","last_applied_lsn":9}' };
      },
    });
    expect((await stream(bodyOf(5, 7, 9))).text).toBe('{"status":"success","last_applied_lsn":9}');
    expect(bodies).toEqual([bodyOf(5, 7, 9)]);
  });

  test('takes no more than a thousand', async () => {
    const { stream, asked } = api({ answer: stored, bodyBytesMax: 100_000 });
    const lsns = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
    expect((await stream(bodyOf(...lsns(1_001)))).status).toBe(413);
    expect(asked).toEqual([]);
    expect((await stream(bodyOf(...lsns(1_000)))).status).toBe(200);
  });
});

test('raise_generation', async () => {
  const { ask, asked } = api({ answer: () => ({ kind: 'generationRaised', generation: 5, latestLsn: 7n }) });
  const raise = (body: string) => ask('raise_generation', { method: 'POST', headers: JSON_TYPE, body });
  expect((await raise('{"generation":5}')).text).toBe('{"status":"success","generation":5,"latest_lsn":7}');
  expect((await raise('{}')).text).toContain('generation is missing');
  expect(asked).toEqual([{ kind: 'generation', generation: 5 }]);
});

describe('reads', () => {
  test('a record', async () => {
    const data = new Uint8Array([1, 2, 3]);
    const { ask } = api({
      answer: () => ({ kind: 'record', lsn: 2n ** 64n - 1n, data, spaceId: 1, pageNo: undefined }),
    });
    expect((await ask('get_wal?lsn=18446744073709551615')).text).toBe(
      '{"status":"success","lsn":18446744073709551615,"wal_data":"AQID","space_id":1}',
    );
  });

  test('a range', async () => {
    const data = new Uint8Array([1, 2, 3]);
    const record = { lsn: 2n ** 64n - 2n, data, spaceId: 1, pageNo: undefined };
    const { ask, asked } = api({
      answer: () => ({ kind: 'range', records: [record], more: true, next: 2n ** 64n - 1n, latestLsn: 2n ** 64n - 1n }),
    });
    expect((await ask('get_wal_range?start_lsn=7&end_lsn=18446744073709551615&limit=1')).text).toBe(
      '{"status":"success","wals":[{"lsn":18446744073709551614,"wal_data":"AQID","space_id":1}],' +
        '"next_lsn":18446744073709551615,"more":true,"latest_lsn":18446744073709551615}',
    );
    await ask('get_wal_range');
    expect(asked).toMatchObject([
      { kind: 'range', from: 7n, through: 2n ** 64n - 1n, countMax: 1 },
      { kind: 'range', from: 1n, through: 2n ** 64n - 1n, countMax: 1_000 },
    ]);
    for (const query of ['start_lsn=x', 'end_lsn=-1', 'limit=0', 'limit=10001', 'limit=', 'consistency=no']) {
      expect([query, (await ask(`get_wal_range?${query}`)).status]).toEqual([query, 400]);
    }
  });

  test('the latest LSN, of the kind that was asked for', async () => {
    const { ask } = api({
      answer: (_asked, consistency) => ({
        kind: 'latest',
        lsn: consistency === 'linearizable' ? 2n : 1n,
        generation: 0,
        recordCount: 1,
      }),
    });
    expect((await ask('get_latest_lsn')).text).toBe('{"status":"success","latest_lsn":1}');
    expect((await ask('get_latest_lsn?consistency=linearizable')).text).toBe('{"status":"success","latest_lsn":2}');
    expect((await ask('get_latest_lsn?consistency=eventual')).status).toBe(400);
  });

  test.each(['', '?lsn=', '?lsn=0', '?lsn=-1', '?lsn=1.5', '?lsn=x', '?lsn=18446744073709551616', '?lsn=%201'])(
    'get_wal%s is malformed',
    async (query) => {
      expect((await api().ask(`get_wal${query}`)).status).toBe(400);
    },
  );
});

describe('answers of the engine', () => {
  const sentence = 'Why.';
  test.each<[Answer, number, string, Record<string, unknown>]>([
    [{ kind: 'notFound', lsn: 5n, latestLsn: 4n }, 404, 'not_found', { latest_lsn: 4 }],
    [{ kind: 'refused', code: 'conflict', sentence, latestLsn: 9n }, 409, 'conflict', { latest_lsn: 9 }],
    [{ kind: 'refused', code: 'out_of_order', sentence, latestLsn: 9n }, 409, 'out_of_order', { latest_lsn: 9 }],
    [{ kind: 'refused', code: 'gap', sentence, latestLsn: 9n }, 409, 'gap', { latest_lsn: 9 }],
    [{ kind: 'refused', code: 'fenced', sentence, latestLsn: 9n }, 409, 'fenced', { latest_lsn: 9 }],
    [{ kind: 'tooLarge', sentence }, 413, 'too_large', {}],
    [{ kind: 'overloaded', sentence }, 429, 'overloaded', {}],
    [{ kind: 'unknown', sentence }, 503, 'unknown', {}],
    [{ kind: 'unavailable', sentence }, 503, 'unavailable', {}],
    [{ kind: 'damaged', sentence }, 503, 'damaged', {}],
    [{ kind: 'notLeader', leader: undefined }, 503, 'no_leader', {}],
  ])('%o', async (given, status, code, fields) => {
    const answer = await api({ answer: () => given }).stream('{"lsn":5,"wal_data":""}');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'error', error: expect.any(String), code, ...fields });
    if (['overloaded', 'unknown', 'unavailable', 'no_leader'].includes(code)) {
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });

  test('without a leader the sentence says what is missing', async () => {
    const answer: Answer = { kind: 'notLeader', leader: undefined };
    expect((await api({ answer: () => answer }).stream('{"lsn":5,"wal_data":""}')).text).toContain('2 of 3 replicas');
    const troubled = api({ answer: () => answer, status: { trouble: 'This disk is foreign.' } });
    expect((await troubled.stream('{"lsn":5,"wal_data":""}')).text).toContain('This disk is foreign.');
  });
});

describe('forwarding', () => {
  const leader = { replicaId: 'safekeeper-2', url: 'http://localhost:8091' };
  const elsewhere = (): Answer => ({ kind: 'notLeader', leader });

  test('what another replica must decide goes there, as it came', async () => {
    const forwarded: unknown[] = [];
    const { stream, ask } = api({
      answer: elsewhere,
      forward: async (call, body, url) => {
        forwarded.push([call.method, call.target, body && Buffer.from(body).toString(), url]);
        return { status: 409, body: '{"as":"said"}' };
      },
    });
    const answer = await stream('{"lsn":5, "wal_data":""}');
    expect([answer.status, answer.text]).toEqual([409, '{"as":"said"}']);
    await ask('get_latest_lsn?consistency=linearizable');
    expect(forwarded).toEqual([
      ['POST', '/api/v1/stream_wal', '{"lsn":5, "wal_data":""}', leader.url],
      ['GET', '/api/v1/get_latest_lsn?consistency=linearizable', undefined, leader.url],
    ]);
  });

  test('never twice', async () => {
    const { stream } = api({ answer: elsewhere });
    const answer = await stream('{"lsn":5,"wal_data":""}', { ...JSON_TYPE, 'x-safekeeper-forwarded': '1' });
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('no_leader')]);
  });
});

describe('health', () => {
  test('ping', async () => {
    expect((await api().ask('ping')).text).toBe('{"status":"ok","version":"1.2.3","state":"leader"}');
  });

  test('metrics, the published fields first', async () => {
    const { ask } = api({ status: { latestLsn: 2n ** 64n - 1n, recordCount: 1000, replicationLagMs: 1_500 } });
    expect((await ask('metrics')).text).toMatch(
      /^\{"status":"success","metrics":\{"replica_id":"safekeeper-1","state":"leader","term":1,"latest_lsn":18446744073709551615,"wal_count":1000,"quorum_size":2,"peer_count":2,"replication_lag":"1.5s",/,
    );
  });
});

describe('credentials', () => {
  const options = { keys: ['right'], answer: stored };
  const body = '{"lsn":1,"wal_data":""}';

  test('a key is asked for before anything else is looked at', async () => {
    const { stream, asked } = api(options);
    const answer = await stream('rubbish');
    expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('Authentication required')]);
    expect((await stream(body, { ...JSON_TYPE, 'x-api-key': 'wrong' })).status).toBe(401);
    expect((await stream(body, { ...JSON_TYPE, 'x-api-key': 'right' })).status).toBe(200);
    expect((await stream(body, { ...JSON_TYPE, authorization: 'Bearer right' })).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  test('raise_generation is protected, reads are public', async () => {
    const { ask } = api(options);
    expect((await ask('raise_generation', { method: 'POST', body: '{}', headers: JSON_TYPE })).status).toBe(401);
    for (const path of ['ping', 'metrics', 'get_latest_lsn', 'get_wal?lsn=1']) {
      expect((await ask(path)).status).not.toBe(401);
    }
  });

  test('unless reads are closed, too', async () => {
    const { ask } = api({ ...options, authReads: true });
    for (const path of ['ping', 'metrics', 'get_latest_lsn', 'get_wal?lsn=1']) {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { headers: { 'x-api-key': 'right' } })).status).not.toBe(401);
    }
  });
});

describe('what does not exist', () => {
  test('a wrong method names the right one', async () => {
    const answer = await api().ask('stream_wal');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await api().ask('ping', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
    expect((await api().ask('ping', { method: 'HEAD' })).status).toBe(200);
  });

  test('an unknown path', async () => {
    const answer = await api().ask('nothing');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  });
});

test('a request that is not served has a name, the client’s own if it gave one, in the answer and in the log', async () => {
  const told: unknown[] = [];
  const log = { ...SILENT, warn: (_message: string, fields: unknown) => void told.push(fields) };
  const { ask, stream } = api({ answer: () => ({ kind: 'unknown', sentence: 'Lost.' }), log });
  const named = await stream('{"lsn":1,"wal_data":""}', { ...JSON_TYPE, 'x-request-id': 'my-17' });
  expect(named.headers.get('x-request-id')).toBe('my-17');
  expect(told).toMatchObject([{ path: '/api/v1/stream_wal', requestId: 'my-17', status: 503 }]);
  const unnamed = await ask('get_wal?lsn=x', { headers: { 'x-request-id': 'two words' } });
  expect(unnamed.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-\d+$/);
  expect(told).toHaveLength(1);
});
