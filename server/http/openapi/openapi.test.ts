import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, NodeStatus, RefusalCode } from '../../../engine/index.ts';
import { fakeService } from '../../testing/fake_service.ts';
import { complaint, type OpenApiDocument } from '../../testing/openapi_answers.ts';
import { createApp } from '../app.ts';
import { ROUTES } from '../routes.ts';
import { ERRORS } from './errors.ts';

const served = (await (await createApp(fakeService()).request('/openapi.json')).json()) as OpenApiDocument;

const sentence = fc.string();
const lsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const generation = fc.nat();
const stored: fc.Arbitrary<Answer> = fc.record({ kind: fc.constant('stored' as const), lsn });
const raised: fc.Arbitrary<Answer> = fc.record({
  kind: fc.constant('generationRaised' as const),
  generation,
  latestLsn: lsn,
});
const refused = (...codes: RefusalCode[]): fc.Arbitrary<Answer> =>
  fc.record({ kind: fc.constant('refused' as const), code: fc.constantFrom(...codes), sentence, latestLsn: lsn });
/** What the engine may answer to any proposal. */
const failures: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('unknown' as const, 'unavailable' as const, 'overloaded' as const, 'tooLarge' as const),
    sentence,
  }),
  fc.constant({ kind: 'notLeader' as const, leader: undefined }),
);
const readAnswers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constant('record' as const),
    lsn,
    data: fc.uint8Array({ maxLength: 40 }),
    generation,
    spaceId: fc.option(fc.nat(), { nil: undefined }),
    pageNo: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('notFound' as const), lsn, latestLsn: lsn }),
  fc.record({ kind: fc.constantFrom('damaged' as const, 'unavailable' as const, 'overloaded' as const), sentence }),
  fc.constant({ kind: 'notLeader' as const, leader: undefined }),
);
const rangeAnswers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({
    kind: fc.constant('range' as const),
    records: fc.array(
      fc.record({
        lsn,
        data: fc.uint8Array({ maxLength: 40 }),
        spaceId: fc.option(fc.nat(), { nil: undefined }),
        pageNo: fc.option(fc.nat(), { nil: undefined }),
      }),
    ),
    more: fc.boolean(),
    next: fc.option(lsn, { nil: undefined }),
    latestLsn: lsn,
  }),
  fc.record({ kind: fc.constantFrom('damaged' as const, 'unavailable' as const, 'overloaded' as const), sentence }),
  fc.constant({ kind: 'notLeader' as const, leader: undefined }),
);
const latestAnswers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ kind: fc.constant('latest' as const), lsn, generation, recordCount: fc.nat() }),
  fc.record({ kind: fc.constantFrom('unavailable' as const, 'overloaded' as const), sentence }),
  fc.constant({ kind: 'notLeader' as const, leader: undefined }),
);
const statuses: fc.Arbitrary<Partial<NodeStatus>> = fc.record(
  {
    phase: fc.constantFrom('recovering' as const, 'founding' as const, 'member' as const),
    state: fc.constantFrom('leader' as const, 'follower' as const, 'candidate' as const),
    leader: fc.option(fc.constant({ replicaId: 'a', url: 'http://a:1' }), { nil: undefined }),
    latestLsn: lsn,
    replicationLagMs: fc.nat(),
    trouble: fc.option(sentence, { nil: undefined }),
    followers: fc.array(
      fc.record({
        replicaId: fc.constantFrom('b', 'c'),
        active: fc.boolean(),
        lagEntries: fc.nat(),
        lagMs: fc.nat(),
      }),
    ),
  },
  { requiredKeys: [] },
);
const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.double(), fc.object());
const digits = fc.oneof(lsn.map(String), fc.constantFrom('0', '1000', '-1', '18446744073709551616'));
/** Nearly right: the names are those of the API, and the values now and then. */
const strangeBodies = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .dictionary(
      fc.constantFrom('lsn', 'wal_data', 'space_id', 'page_no', 'prev_lsn', 'generation'),
      fc.oneof(
        digits,
        fc.base64String({ maxLength: 60 }).map((text) => JSON.stringify(text)),
        scalar.map((value) => JSON.stringify(value)),
      ),
    )
    .map(
      (fields) =>
        `{${Object.entries(fields)
          .map(([name, value]) => `"${name}":${value}`)
          .join(',')}}`,
    ),
);
const goodRecords = lsn.map((value) => `{"lsn":${value},"wal_data":"aGVsbG8=","generation":3}`);
const goodBodies = fc.oneof(
  goodRecords,
  fc
    .array(fc.oneof({ weight: 9, arbitrary: goodRecords }, fc.json()), { maxLength: 3 })
    .map((them) => `[${them.join()}]`),
);
const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS');
const types = fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream');

/** Mostly what gets through to the engine. */
function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight: 9 }, { arbitrary: other, weight: 1 });
}

const goodQueries: fc.Arbitrary<Record<string, string>> = lsn.map((value) => ({
  lsn: String(value),
  start_lsn: String(value),
}));
const strangeQueries: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom('lsn', 'start_lsn', 'end_lsn', 'limit', 'consistency', 'other'),
  fc.oneof(digits, fc.string(), fc.constant('linearizable')),
);
const badKeys = fc.constantFrom<Record<string, string>>(
  {},
  { 'x-api-key': 'wrong' },
  { authorization: 'Bearer right!' },
);

const answersFor = (path: string): fc.Arbitrary<Answer> => {
  if (path.endsWith('get_wal')) return readAnswers;
  if (path.endsWith('get_wal_range')) return rangeAnswers;
  if (path.endsWith('get_latest_lsn')) return latestAnswers;
  if (path.endsWith('raise_generation')) return fc.oneof(failures, raised, refused('fenced'));
  return fc.oneof(failures, stored, refused('conflict', 'out_of_order', 'gap', 'fenced'));
};

describe('the document', () => {
  test('is what is served, and has every route and every error code', async () => {
    expect(served.openapi).toBe('3.1.0');
    expect(Object.keys(served.paths)).toEqual(Object.keys(ROUTES));
    const text = JSON.stringify(served);
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`"${code}"`);
    const ids = Object.values(served.paths).flatMap((its) => Object.values(its).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(Object.entries(ROUTES))(
    'says what %s answers, whatever is asked and whatever the engine says',
    async (path, route) => {
      const operation = served.paths[path]?.[route.method.toLowerCase()];
      if (operation === undefined) throw new Error(`${path} is not documented`);
      const requests = fc.record({
        method: mostly(fc.constant<string>(route.method), methods),
        headers: mostly(fc.constant<Record<string, string>>({ 'x-api-key': 'right' }), badKeys),
        type: mostly(fc.constant('application/json'), types),
        query: mostly(goodQueries, strangeQueries),
        body: mostly(goodBodies, strangeBodies),
        authReads: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(answersFor(path), statuses, requests, async (answer, status, request) => {
          const { method, headers, type, query, body, authReads } = request;
          const service = fakeService({ answer: () => answer, status, keys: ['right'], authReads, bodyBytesMax: 200 });
          const response = await createApp(service).request(`${path}?${new URLSearchParams(query).toString()}`, {
            method,
            headers: { 'content-type': type, ...headers },
            ...(['GET', 'HEAD'].includes(method) ? {} : { body }),
          });
          // HEAD has the answer's status and type, and no body to look at.
          if (method === 'HEAD') expect(Object.keys(operation.responses)).toContain(String(response.status));
          else {
            const contentType = response.headers.get('content-type') ?? undefined;
            const said = { status: response.status, contentType, text: await response.text() };
            expect(complaint(operation, said)).toBeUndefined();
          }
          expect(response.status).not.toBe(500);
        }),
        { numRuns: 200 },
      );
    },
  );
});

test('the page for people names every route and every code, and escapes what it shows', async () => {
  const response = await createApp(fakeService()).request('/docs');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const html = await response.text();
  for (const [path, { method }] of Object.entries(ROUTES)) expect(html).toContain(`>${method} ${path}</h2>`);
  for (const code of Object.keys(ERRORS)) expect(html).toContain(`<code>${code}</code>`);
  expect(html).not.toMatch(/<script|undefined|\[object/);
});
