import fs from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestCluster, type TestReplica } from '../testing/cluster.ts';
import { request } from '../testing/http_client.ts';
import { waitFor } from '../testing/wait.ts';
import { verify, Writer } from '../testing/writer.ts';

/** The most that a replica may need under any of these attacks: see docs/operating.md. */
const RESIDENT_MB_MAX = 512;

let cluster: TestCluster;
let writer: Writer;
let peak: PeakMemory;

beforeEach(async () => {
  cluster = await TestCluster.start(3);
  writer = new Writer(cluster, 0n, 4);
  peak = new PeakMemory(cluster.replicas);
});
afterEach(async () => {
  peak.stop();
  await cluster.close();
});

/** Looks at the resident memory of the replicas, again and again. */
class PeakMemory {
  readonly #timer: NodeJS.Timeout;
  mb = 0;

  constructor(replicas: readonly TestReplica[]) {
    this.#timer = setInterval(() => {
      for (const { pid } of replicas) {
        const pages = Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
        this.mb = Math.max(this.mb, (pages * 4_096) / 1_000_000);
      }
    }, 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The writer has gone on through it all, and nothing of what it was promised is missing. */
async function expectUnharmed(what: string): Promise<void> {
  const before = writer.acknowledged.length;
  await waitFor('more acknowledgements', () => (writer.acknowledged.length > before + 20 ? true : undefined));
  await writer.stop();
  const [last] = writer.acknowledged.slice(-1);
  if (last === undefined) throw new Error('nothing was acknowledged');
  await cluster.caughtUp(writer.acknowledged.reduce((most, lsn) => (lsn > most ? lsn : most), 0n));
  await verify(cluster, writer.acknowledged.slice(-300));
  console.log(
    `${what}: ${writer.acknowledged.length} records acknowledged, p99 ${writer.waitMs(0.99)} ms, the longest wait ${writer.waitMs(1)} ms, ` +
      `peak resident ${Math.round(peak.mb)} MB`,
  );
  expect(peak.mb).toBeLessThan(RESIDENT_MB_MAX);
}

/** A connection that says this. Resolves when it is there, or refused. */
function open(port: number, text: string, listens = false): Promise<net.Socket> {
  return new Promise((resolve) => {
    // Only who reads, or looks for something to read, notices that the other side has closed.
    const socket = net.connect(port, '127.0.0.1', () => {
      if (listens) socket.resume();
      if (text !== '') socket.write(text);
      resolve(socket);
    });
    socket.on('error', () => resolve(socket));
  });
}

async function openMany(count: number, port: number, text = '', listens = true): Promise<readonly net.Socket[]> {
  const sockets: net.Socket[] = [];
  for (let at = 0; at < count; at += 200) {
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(200, count - at) }, () => open(port, text, listens)))),
    );
  }
  return sockets;
}

const leaderPort = async () => (await cluster.leader()).port;

test('10,000 idle connections', async () => {
  const port = await leaderPort();
  const sockets = await openMany(10_000, port);
  const closed = () => sockets.filter((socket) => socket.closed || socket.destroyed).length;
  await waitFor('those beyond the bound to be closed', () => (closed() >= 5_000 ? true : undefined));
  expect((await request(`http://localhost:${port}/api/v1/ping`)).status).toBe(200);
  // Who says nothing is not kept, either.
  await waitFor('all to be closed', () => (closed() === 10_000 ? true : undefined), 40_000);
  await expectUnharmed('10,000 idle connections');
});

test('a thousand slow bodies, and a thousand slow headers', async () => {
  const port = await leaderPort();
  const head =
    'POST /api/v1/stream_wal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n';
  const slow = [...(await openMany(1_000, port, head)), ...(await openMany(1_000, port, 'GET / HTTP/1.1\r\n'))];
  for (let second = 0; second < 5; second++) {
    for (const socket of slow) if (!socket.destroyed) socket.write('x');
    await delay(1_000);
  }
  for (const socket of slow) socket.destroy();
  await expectUnharmed('slow bodies and headers');
});

test('64 MB of garbage, as a connection, as a body and as headers without end', async () => {
  const port = await leaderPort();
  const garbage = Buffer.alloc(64_000_000, 0x78);
  const head = (length: string) => `POST /api/v1/stream_wal HTTP/1.1\r\nHost: x\r\n${length}\r\n`;
  const answers = await Promise.all(
    [
      '',
      head('Content-Length: 64000000\r\n'),
      head('Transfer-Encoding: chunked\r\n') + '3d09000\r\n',
      'GET / HTTP/1.1\r\nX: ',
    ].map((begin) => pour(port, begin, garbage)),
  );
  expect(answers).toEqual([
    expect.stringContaining('HTTP/1.1 400'),
    expect.stringContaining('HTTP/1.1 413'),
    expect.stringContaining('HTTP/1.1 413'),
    expect.stringContaining('HTTP/1.1 431'),
  ]);
  await expectUnharmed('64 MB of garbage');
});

/** What is answered to so many bytes. */
async function pour(port: number, begin: string, bytes: Buffer): Promise<string> {
  const socket = await open(port, begin);
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('data', (piece: Buffer) => {
      answer += piece.toString('latin1');
      if (answer.includes('\r\n\r\n')) resolve();
    });
  });
  socket.write(bytes);
  await answered;
  socket.destroy();
  return answer;
}

test('200,000 bad requests, pipelined', async () => {
  const port = await leaderPort();
  const bad = [
    'GET /api/v1/get_wal?lsn=x HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n',
    'DELETE /api/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /api/v1/stream_wal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{',
    'POST /api/v1/replicate_wal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  ];
  const counts = await Promise.all(
    Array.from({ length: 20 }, (_, place) => flood(port, bad[place % bad.length] ?? '', 10_000)),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200_000);
  await expectUnharmed('200,000 bad requests');
});

/** Sends the same request over and over, many at a time; how many were answered with a refusal. */
async function flood(port: number, text: string, count: number): Promise<number> {
  let answered = 0;
  while (answered < count) {
    const wanted = Math.min(500, count - answered);
    const socket = await open(port, text.repeat(wanted));
    let rest = '';
    await new Promise<void>((resolve) => {
      const enough = answered + wanted;
      socket.on('data', (piece: Buffer) => {
        const all = rest + piece.toString('latin1');
        answered += all.split('HTTP/1.1 4').length - 1;
        rest = all.slice(-9);
        if (rest.includes('HTTP/1.1 4')) rest = '';
        if (answered >= enough) socket.destroy();
      });
      socket.once('close', () => resolve());
    });
  }
  return answered;
}

test('a thousand readers of large records that do not read', async () => {
  const port = await leaderPort();
  await writer.stop();
  const data = Buffer.alloc(8_000_000, 7).toString('base64');
  const lsn = writer.last + 1_000n;
  const [replica] = cluster.replicas as [TestReplica];
  expect((await replica.stream(`{"lsn":${lsn},"wal_data":"${data}"}`)).status).toBe(200);
  writer = new Writer(cluster, lsn, 4);
  const ask = `GET /api/v1/get_wal?lsn=${lsn} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const readers = await openMany(1_000, port, ask.repeat(3), false);
  await delay(3_000);
  await expectUnharmed('readers that do not read');
  for (const reader of readers) reader.destroy();
});
