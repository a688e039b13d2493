import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster } from '../testing/cluster.ts';
import { request } from '../testing/http_client.ts';
import { complaint, type OpenApiDocument, type Operation } from '../testing/openapi_answers.ts';
import { waitFor } from '../testing/wait.ts';
import { Writer } from '../testing/writer.ts';

let cluster: TestCluster;
let document: OpenApiDocument;

beforeAll(async () => {
  cluster = await TestCluster.start(3);
  const writer = new Writer(cluster, 0n, 2);
  await waitFor('some records', () => (writer.acknowledged.length > 30 ? true : undefined));
  await writer.stop();
  document = JSON.parse((await request(`${cluster.replicas[0]?.url}/openapi.json`)).text) as OpenApiDocument;
});
afterAll(async () => {
  await cluster.close();
});

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly contentEncoding?: string;
  readonly format?: string;
}

/** JSON texts that the schema allows, small ones mostly: text, because a double does not hold every LSN. */
function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  const quoted = (values: fc.Arbitrary<string>) => values.map((value) => JSON.stringify(value));
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(textOf));
  if (schema.enum !== undefined) return quoted(fc.constantFrom(...schema.enum));
  switch (schema.type) {
    case 'integer': {
      if (schema.format === 'uint64') return fc.oneof(smallLsn, lsn).map(String);
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
      return fc.integer({ min: minimum, max: Math.min(maximum, minimum + 5_000) }).map(String);
    }
    case 'string':
      if (schema.contentEncoding === 'base64') return quoted(fc.base64String({ maxLength: 200 }));
      return quoted(schema.pattern === undefined ? fc.string() : lsn.map(String));
    case 'array':
      return fc.array(textOf(schema.items ?? {}), { maxLength: 4 }).map((items) => `[${items.join(',')}]`);
    case 'object':
      return fc
        .record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, its]) => [name, textOf(its)])), {
          requiredKeys: [...(schema.required ?? [])],
        })
        .map((fields) => {
          const parts = Object.entries(fields).flatMap(([name, value]) =>
            value === undefined ? [] : [`"${name}":${value}`],
          );
          return `{${parts.join(',')}}`;
        });
    default:
      return fc.json();
  }
}

const lsn = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const smallLsn = fc.bigInt({ min: 0n, max: 5_000n });
const mostly = (usual: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: fc.oneof(fc.json(), fc.string()) });

function requestsOf(operation: Operation): fc.Arbitrary<{ query: string; body: string | undefined; replica: number }> {
  const parameters = (operation.parameters ?? []).map(({ name, schema }) =>
    fc.option(
      mostly(textOf(schema as JsonSchema).map((text) => text.replaceAll('"', ''))).map(
        (value) => `${name}=${encodeURIComponent(value)}`,
      ),
      { freq: 5 },
    ),
  );
  const schema = operation.requestBody?.content['application/json']?.schema;
  return fc.record({
    // What follows does not end.
    query: fc
      .tuple(...parameters)
      .map((parts) => parts.filter((part) => part !== null && part !== 'follow=true').join('&')),
    body: schema === undefined ? fc.constant(undefined) : mostly(textOf(schema as JsonSchema)),
    replica: fc.integer({ min: 0, max: 2 }),
  });
}

/** 503s that a healthy cluster may give are documented; 500 is not among what anyone may be answered here. */
test('a running cluster answers as its document says, whatever it is asked', async () => {
  let asked = 0;
  const statuses = new Map<number, number>();
  for (const [route, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      await fc.assert(
        fc.asyncProperty(requestsOf(operation), async ({ query, body, replica }) => {
          const { url } = cluster.replicas[replica] ?? {};
          const { status, headers, text } = await request(`${url}${route}${query === '' ? '' : `?${query}`}`, {
            method: method.toUpperCase(),
            timeoutMs: 10_000,
            ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
          });
          asked += 1;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(complaint(operation, { status, contentType: headers['content-type'], text })).toBeUndefined();
          expect(status).not.toBe(500);
        }),
        { numRuns: 100 },
      );
    }
  }
  console.log(`${asked} requests drawn from the document: ${[...statuses].map((pair) => pair.join(': ')).join(', ')}`);
  expect(statuses.get(200)).toBeGreaterThan(100);
  for (const { id, metric } of cluster.replicas.map((its) => ({ id: its.id, metric: its.metric('phase') }))) {
    expect([id, await metric]).toEqual([id, 'member']);
  }
});
