import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Credentials } from '../credentials/credentials.ts';
import { type Logger, SILENT } from '../log/logger.ts';
import { freePorts } from '../testing/ports.ts';
import { frameHeader } from './frames.ts';
import { Peers } from './peers.ts';
import { type PeerReceiver, receiveFromPeer } from './receive.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A replica's receiving side on a port of its own. A message is whatever does not begin with 0xff. */
async function receiver(keys: string[] = [], given?: number) {
  const [port = 0] = given === undefined ? await freePorts(1) : [given];
  const messages: string[] = [];
  const refusals: string[] = [];
  const how: PeerReceiver = {
    credentials: new Credentials(keys),
    frameBytesMax: 1_000_000,
    isMessage: (bytes) => bytes[0] !== 0xff,
    deliver: (bytes) => messages.push(Buffer.from(bytes).toString()),
    refused: (_from, _code, sentence) => refusals.push(sentence),
  };
  const server = http.createServer((request, response) => receiveFromPeer(request, response, how));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  closers.push(stop);
  return { url: `http://127.0.0.1:${port}`, port, messages, refusals, stop };
}

function sender(key?: string, log: Logger = SILENT) {
  const peers = new Peers({ peerKey: key, tls: undefined, log });
  closers.push(() => peers.close());
  return peers;
}

const text = (words: string) => new TextEncoder().encode(words);
const body = (...messages: string[]) =>
  Buffer.concat(messages.flatMap((message) => [frameHeader(text(message).byteLength), text(message)]));
const until = (ready: () => boolean) => vi.waitUntil(ready, { timeout: 5_000, interval: 5 });

describe('the stream between replicas', () => {
  test('brings messages in order, and all of them when it is closed', async () => {
    const { url, messages } = await receiver(['key']);
    const peers = sender('key');
    const sent = Array.from({ length: 500 }, (_, number) => `${number}-${'x'.repeat(number * 10)}`);
    for (const message of sent) peers.send(url, text(message));
    await peers.close();
    expect(messages).toEqual(sent);
  });

  test('comes back after the peer was away', async () => {
    const first = await receiver();
    const peers = sender();
    peers.send(first.url, text('before'));
    await until(() => first.messages.includes('before'));
    await first.stop();
    const again = await receiver([], first.port);
    await until(() => {
      peers.send(first.url, text('after'));
      return again.messages.includes('after');
    });
  });

  test('a peer that is not there costs nothing but the messages', async () => {
    const warnings: string[] = [];
    const peers = sender(undefined, { ...SILENT, warn: (message) => warnings.push(message) });
    for (let turn = 0; turn < 50; turn++) {
      peers.send('http://127.0.0.1:1', text('lost'));
      await new Promise(setImmediate);
    }
    await until(() => warnings.length > 0);
    expect(warnings).toEqual(['peer not reached']);
  });

  test('what waits for a peer that does not read is bounded', async () => {
    const hole = net.createServer((socket) => socket.pause());
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    closers.push(() => hole.close());
    const warnings: string[] = [];
    const peers = new Peers({
      peerKey: undefined,
      tls: undefined,
      log: { ...SILENT, warn: (message) => warnings.push(message) },
    });
    const { port } = hole.address() as AddressInfo;
    const megabyte = new Uint8Array(1_000_000);
    for (let count = 0; count < 100; count++) peers.send(`http://127.0.0.1:${port}`, megabyte);
    expect(warnings).toEqual(['too much waits for a peer; dropping messages to it']);
  });

  test('a refusal is told on both sides, once', async () => {
    const { url, refusals, messages } = await receiver(['right']);
    const warnings: unknown[] = [];
    const peers = sender('wrong', { ...SILENT, warn: (message, fields) => warnings.push([message, fields]) });
    await until(() => {
      peers.send(url, text('x'));
      return warnings.length > 0;
    });
    expect(warnings).toEqual([
      [
        'a peer refuses our messages',
        expect.objectContaining({ status: 401, said: expect.stringContaining('Authentication required') }),
      ],
    ]);
    expect(refusals[0]).toContain('Authentication required');
    expect(refusals[0]).not.toContain('wrong ');
    expect(messages).toEqual([]);
  });

  test('the receiver says each second that messages arrive', async () => {
    const { url } = await receiver();
    const infos: string[] = [];
    const peers = sender(undefined, { ...SILENT, info: (message) => infos.push(message) });
    peers.send(url, text('x'));
    await until(() => infos.includes('peer reached'));
  });
});

describe('a plain request', () => {
  const post = (url: string, path: string, init: RequestInit) =>
    fetch(`${url}/api/v1/${path}`, { method: 'POST', ...init });
  const binary = { 'content-type': 'application/octet-stream' };

  test.each(['replicate_wal', 'request_vote', 'heartbeat'])('%s takes one message or many', async (path) => {
    const { url, messages } = await receiver();
    const response = await post(url, path, { headers: binary, body: body('one', 'two') });
    expect([response.status, await response.json()]).toEqual([200, { status: 'success' }]);
    expect(messages).toEqual(['one', 'two']);
  });

  test.each([
    ['a JSON body', 'application/json', '{"term":1}', 400, 'never completed with defaults'],
    ['JSON under another name', 'application/octet-stream', '{"term":1}', 400, 'never completed with defaults'],
    ['another type', 'text/plain', 'hello', 415, 'application/octet-stream'],
    ['nothing', 'application/octet-stream', '', 400, 'no message'],
    ['half a message', 'application/octet-stream', body('one').subarray(0, 5), 400, 'middle of a message'],
    ['a malformed message', 'application/octet-stream', Buffer.from([1, 0, 0, 0, 0xff]), 400, 'Message 1 of this body'],
    ['an enormous message', 'application/octet-stream', Buffer.from([0, 0, 0, 0x70]), 413, 'at most 1000000'],
  ])('%s is refused with a sentence', async (_what, type, content, status, sentence) => {
    const { url, messages, refusals } = await receiver();
    const response = await post(url, 'heartbeat', { headers: { 'content-type': type }, body: content });
    const problem = (await response.json()) as Record<string, string>;
    expect(response.status).toBe(status);
    expect(problem).toMatchObject({ status: 'error', code: expect.any(String) });
    expect(problem['error']).toContain(sentence);
    expect(refusals).toEqual([problem['error']]);
    expect(messages).toEqual([]);
  });

  test('only POST is allowed', async () => {
    const { url } = await receiver();
    const response = await fetch(`${url}/api/v1/heartbeat`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a wrong key is refused before the body is read', async () => {
    const { url } = await receiver(['right']);
    const wrong = await post(url, 'heartbeat', { headers: { ...binary, 'x-api-key': 'no' }, body: body('one') });
    expect(wrong.status).toBe(401);
    const right = await post(url, 'heartbeat', { headers: { ...binary, 'x-api-key': 'right' }, body: body('one') });
    expect(right.status).toBe(200);
  });
});
