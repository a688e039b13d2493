import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePorts } from '../testing/ports.ts';
import { runStatusCommand } from './status.ts';

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers every request with this; yields its URL. */
async function replica(answer: (url: string) => { status?: number; body: string }): Promise<string> {
  const server = http.createServer((request, response) => {
    const { status = 200, body } = answer(`http://${request.headers.host}`);
    response.writeHead(status, { connection: 'close' }).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function status(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(line),
    draw: undefined,
    environment: {},
    onInterrupt: () => () => undefined,
  };
  const code = await runStatusCommand(args, terminal);
  return { code, text: lines.join('\n') };
}

const said = (metrics: object): string => JSON.stringify({ status: 'success', metrics });

test('those that are reached name the others, and each is shown once', async () => {
  const figures = { term: 2, latest_lsn: 10, wal_count: 3, replication_lag: '0s' };
  const members: Record<string, string> = {};
  const follower = await replica(() => ({ body: said({ replica_id: 'b', state: 'follower', ...figures, members }) }));
  const leader = await replica(() => ({ body: said({ replica_id: 'a', state: 'leader', ...figures, members }) }));
  Object.assign(members, { a: leader, b: follower });
  const { code, text } = await status('-to', follower);
  expect(text).toContain('a leads term 2; 2 of 2 replicas answer.');
  expect(text.split('\n').filter((line) => /^[ab] +http/.test(line))).toHaveLength(2);
  expect(code).toBe(0);
});

test('one that does not answer is named as the others know it, and the status is 1', async () => {
  const [port] = await freePorts(1);
  const gone = `http://127.0.0.1:${port}`;
  const leader = await replica((url) => ({
    body: said({ replica_id: 'a', state: 'leader', term: 2, members: { a: url, c: gone } }),
  }));
  const { code, text } = await status('-to', leader);
  expect(text).toMatch(/^c +http:\/\/127\.0\.0\.1:\d+ +not reached\n {2}nothing listens there$/m);
  expect(code).toBe(1);
});

test.each([
  [{ status: 401, body: '{}' }, 'it asks for a credential (SAFEKEEPER_API_KEY)'],
  [{ status: 200, body: '<html>' }, 'it answers with status 200: it does not answer as a safekeeper does'],
  [
    { status: 500, body: said({ state: 'leader' }) },
    'it answers with status 500: it does not answer as a safekeeper does',
  ],
])('what is no report is told: %j', async (answer, sentence) => {
  const { code, text } = await status('-to', await replica(() => answer));
  expect(text).toContain(sentence);
  expect(code).toBe(1);
});

test('a URL that is none is refused', async () => {
  await expect(status('-to', 'localhost:8090')).rejects.toThrow('no URL of a replica, such as http://localhost:8090');
});
