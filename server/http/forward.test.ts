import { EventEmitter } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { freePorts } from '../testing/ports.ts';
import { ByteBudget } from './byte_budget.ts';
import type { Call } from './call.ts';
import { Forwarder } from './forward.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A leader that does what `answer` says. */
async function leader(answer: http.RequestListener): Promise<string> {
  const [port] = await freePorts(1);
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${port}`;
}

function forwarder() {
  const made = new Forwarder();
  closers.push(() => made.close());
  return made.forward;
}

function call(method: string, target: string, headers: Record<string, string> = {}): Call {
  return {
    method,
    target,
    body: new Request('http://localhost'),
    outgoing: undefined,
    header: (name) => headers[name],
    query: () => undefined,
    onGone: () => undefined,
  };
}

const body = new TextEncoder().encode('{"lsn":1, "wal_data":""}');

test('passes on what came, with its credentials and once only, and brings back what was said', async () => {
  const seen: unknown[] = [];
  const url = await leader((request, response) => {
    request.setEncoding('utf8').on('data', (text) => seen.push(text));
    request.on('end', () => {
      seen.push(request.method, request.url, request.headers['x-api-key'], request.headers['x-safekeeper-forwarded']);
      response.writeHead(429, { 'retry-after': '3' }).end('{"said":1}');
    });
  });
  const reply = await forwarder()(
    call('POST', '/api/v1/stream_wal?x=1', { 'x-api-key': 'k', cookie: 'no' }),
    body,
    url,
    new ByteBudget(0),
  );
  expect(reply).toEqual({ status: 429, body: '{"said":1}', headers: { 'retry-after': '3' } });
  expect(seen).toEqual(['{"lsn":1, "wal_data":""}', 'POST', '/api/v1/stream_wal?x=1', 'k', '1']);
});

test('a leader that cannot be reached stored nothing', async () => {
  const [port] = await freePorts(1);
  for (const host of ['127.0.0.1', 'localhost', 'no-such-host.invalid']) {
    const reply = await forwarder()(
      call('POST', '/api/v1/stream_wal'),
      body,
      `http://${host}:${port}`,
      new ByteBudget(0),
    );
    expect([reply.status, reply.body]).toEqual([503, expect.stringContaining('"code":"no_leader"')]);
  }
});

test('a leader that was reached and did not answer may have stored it', async () => {
  const url = await leader((request) => {
    request.on('data', () => request.socket.destroy());
  });
  const reply = await forwarder()(call('POST', '/api/v1/stream_wal'), body, url, new ByteBudget(0));
  expect([reply.status, reply.body]).toEqual([503, expect.stringContaining('"code":"unknown"')]);
});

test('a large answer that there is no room for is not fetched', async () => {
  const url = await leader((_request, response) => response.end('x'.repeat(1_000_000)));
  const outgoing = Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;
  const get = { ...call('GET', '/api/v1/get_wal?lsn=1'), outgoing };
  const forward = forwarder();
  expect((await forward(get, undefined, url, new ByteBudget(999_999))).status).toBe(429);
  expect((await forward(get, undefined, url, new ByteBudget(1_000_000))).status).toBe(200);
  outgoing.emit('close');
});
