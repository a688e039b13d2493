import type http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Credentials } from '../credentials/credentials.ts';
import { parseFlags } from '../cli/flags.ts';
import { SERVE_FLAGS } from '../options/serve_flags.ts';
import { settleServeOptions } from '../options/serve_options.ts';
import { frameHeader } from '../peers/frames.ts';
import { fakeService } from '../testing/fake_service.ts';
import { freePorts } from '../testing/ports.ts';
import { createFront } from './http_front.ts';
import { listen } from './listen.ts';

let server: http.Server;
let port: number;
let messages: number;
let turnedAway: string[];

const optionsFor = (...args: string[]) => settleServeOptions(parseFlags(SERVE_FLAGS, args).values);
const front = (connectionsMax = 100) =>
  createFront({
    service: fakeService({ bodyBytesMax: 1_000, answer: () => ({ kind: 'stored', lsn: 1n }) }),
    receiver: {
      credentials: new Credentials([]),
      frameBytesMax: 1_000,
      isMessage: () => true,
      deliver: () => messages++,
      refused: () => undefined,
    },
    tls: undefined,
    connectionsMax,
    turnedAway: (_from, reason) => turnedAway.push(reason),
  });

beforeEach(async () => {
  messages = 0;
  turnedAway = [];
  [port = 0] = await freePorts(1);
  server = front();
  await listen(server, optionsFor('-port', `${port}`, '-host', '127.0.0.1'));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** What the server says to these bytes before it closes the connection. */
function talk(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(pieces).toString()));
  });
}

test('messages of peers and requests of clients come through one port', async () => {
  const body = Buffer.concat([frameHeader(3), Buffer.from('abc')]);
  const headers = { 'content-type': 'application/octet-stream' };
  const message = await fetch(`http://127.0.0.1:${port}/api/v1/heartbeat?x`, { method: 'POST', headers, body });
  expect([await message.text(), messages]).toEqual(['{"status":"success"}', 1]);
  const record = await fetch(`http://127.0.0.1:${port}/api/v1/stream_wal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"lsn":1,"wal_data":""}',
  });
  expect(await record.text()).toBe('{"status":"success","last_applied_lsn":1}');
});

test('requests in a row on one connection are answered in a row', async () => {
  const one = 'POST /api/v1/stream_wal HTTP/1.1\r\nHost: x\r\nContent-Length: 23\r\n\r\n{"lsn":1,"wal_data":""}';
  const last = one.replace('Host: x', 'Host: x\r\nConnection: close');
  expect((await talk(one + one + last)).match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
});

describe('what HTTP allows and the API does not', () => {
  test('a request without a host', async () => {
    const answer = await talk('GET /api/v1/ping HTTP/1.0\r\n\r\n');
    expect(answer).toContain('400 Bad Request');
    expect(answer).toContain('"code":"malformed"');
  });

  test('what is no HTTP, and headers without end', async () => {
    expect(await talk('garbage\r\n\r\n')).toContain('This is no HTTP request');
    const answer = await talk(`GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(10_000)}`);
    expect(answer).toContain('431 Request Header Fields Too Large');
    expect(answer).toContain('"code":"too_large"');
    expect(turnedAway).toEqual(['malformed', 'too_large']);
    // However much of it there is, the answer is heard, and counted once.
    expect(await talk('x'.repeat(5_000_000))).toContain('This is no HTTP request');
    expect(turnedAway).toHaveLength(3);
  });

  test('a body announced too large is refused before it is sent', async () => {
    const answer = await talk(
      'POST /api/v1/stream_wal HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n',
    );
    expect(answer).toContain('413 Payload Too Large');
    expect(answer).toContain('"code":"too_large"');
  });
});

test('a port that is taken is a sentence', async () => {
  const second = front();
  await expect(listen(second, optionsFor('-port', `${port}`, '-host', '127.0.0.1'))).rejects.toThrow(
    `Port ${port} is already in use.`,
  );
  await expect(listen(second, optionsFor('-port', '1', '-host', '192.0.2.1'))).rejects.toThrow(
    'no address of this machine',
  );
});
