import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority } from '../testing/certificates.ts';
import { TestCluster, TestReplica } from '../testing/cluster.ts';
import { type ClientTls, request } from '../testing/http_client.ts';
import { freePorts } from '../testing/ports.ts';
import { run } from '../testing/program.ts';
import { waitFor } from '../testing/wait.ts';

let directory: string;
let authority: Authority;
let flags: readonly string[];
let trusting: ClientTls;

const record = (lsn: number) => `{"lsn":${lsn},"wal_data":"aGVsbG8="}`;
const KEY = { 'x-api-key': 'secret' };
const turnedAway = (replica: TestReplica, side: string, reason: string) =>
  replica.prometheus('safekeeper_turned_away_total', { side, reason });

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'safekeeper-tls-'));
  authority = new Authority(directory);
  const { cert, key } = authority.sign('replica');
  flags = ['-tls', '-tls-cert', cert, '-tls-key', key, '-tls-ca', authority.ca];
  trusting = { ca: fs.readFileSync(authority.ca) };
});
afterAll(() => {
  fs.rmSync(directory, { recursive: true });
});

describe('a cluster of three with a private authority', () => {
  let cluster: TestCluster;
  let replica: TestReplica;

  beforeAll(async () => {
    cluster = await TestCluster.start(3, [...flags, '-api-key', 'secret'], trusting);
    [replica] = cluster.replicas as [TestReplica];
  });
  afterAll(async () => {
    await cluster.close();
  });

  test('stores what comes to any of them, the followers handing it on', async () => {
    for (const [place, one] of cluster.replicas.entries()) {
      expect((await one.stream(record(place + 1), KEY)).text).toBe(
        `{"status":"success","last_applied_lsn":${place + 1}}`,
      );
    }
    await cluster.caughtUp(3n);
    const { status, text } = await run(['status', '-to', replica.url, '-tls-ca', authority.ca]);
    expect([status, text]).toEqual([0, expect.stringContaining('safekeeper-3')]);
  });

  test('a client that does not know the authority goes away, and is counted', async () => {
    const before = await turnedAway(replica, 'connection', 'tls_handshake');
    await expect(request(`${replica.url}/api/v1/ping`)).rejects.toThrow(/self-signed certificate|unable to verify/);
    await waitFor('the metric', async () =>
      (await turnedAway(replica, 'connection', 'tls_handshake')) > before ? true : undefined,
    );
    const { status, text } = await run(['status', '-to', replica.url]);
    expect([status, text]).toEqual([1, expect.stringMatching(/self-signed certificate|unable to verify/)]);
  });

  test('plain http is told what is wrong', async () => {
    const answer = await request(`http://localhost:${replica.port}/api/v1/ping`);
    expect([answer.status, answer.text]).toEqual([
      400,
      '{"status":"error","error":"This port speaks TLS: use https:// instead of http://.","code":"malformed"}',
    ]);
    expect(await turnedAway(replica, 'connection', 'plain_http')).toBe(1);
  });

  test('nothing older than TLS 1.2', async () => {
    const old = new Promise((resolve, reject) => {
      const socket = tls.connect({
        port: replica.port,
        host: 'localhost',
        ...trusting,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.on('secureConnect', resolve).on('error', reject);
    });
    await expect(old).rejects.toThrow(/protocol version/);
    const protocol = await new Promise<string | null>((resolve, reject) => {
      const socket = tls.connect({ port: replica.port, host: 'localhost', ...trusting, maxVersion: 'TLSv1.2' });
      socket.on('secureConnect', () => resolve(socket.getProtocol())).on('error', reject);
    });
    expect(protocol).toBe('TLSv1.2');
  });

  test('a client, and a peer, without the credential are told so', async () => {
    const client = await replica.stream(record(9));
    expect([client.status, client.text]).toEqual([401, expect.stringContaining('Authentication required')]);
    expect(await turnedAway(replica, 'client', 'unauthorized')).toBe(1);
    const [port = 0] = await freePorts(1);
    const peers = cluster.replicas.map(({ url }) => url).join(',');
    const stranger = new TestReplica(
      'stranger',
      port,
      path.join(cluster.root, 'stranger'),
      [...flags, '-peers', peers, '-peer-key', 'wrong'],
      trusting,
    );
    stranger.start();
    try {
      await waitFor('the refusal', () =>
        stranger.lines.some((line) => line.includes('a peer refuses our messages') && line.includes('peer credential'))
          ? true
          : undefined,
      );
      await waitFor('the metric', async () =>
        (await turnedAway(replica, 'peer', 'unauthorized')) > 0 ? true : undefined,
      );
    } finally {
      await stranger.end('SIGKILL');
    }
  });

  test('a peer of another cluster is told so, although it has every key', async () => {
    const others = await TestCluster.start(2, [...flags, '-api-key', 'secret'], trusting);
    try {
      const [foreigner] = others.replicas as [TestReplica];
      // Not the one that has the same name.
      const [, replica] = cluster.replicas as [TestReplica, TestReplica];
      await Promise.all(others.replicas.map((other) => other.end('SIGTERM')));
      const before = await turnedAway(replica, 'peer', 'handshake_refused');
      // Alone, it looks for its peers, at addresses that are ours.
      const peers = cluster.replicas.map(({ url }) => url).join(',');
      const astray = new TestReplica(
        foreigner.id,
        foreigner.port,
        foreigner.directory,
        [...flags, '-api-key', 'secret', '-peers', peers],
        trusting,
      );
      astray.start();
      try {
        const refused = async () =>
          (await turnedAway(replica, 'peer', 'handshake_refused')) > before ? true : undefined;
        await waitFor('the refusal', refused);
        await waitFor('the reason', () =>
          [replica, astray].every(({ lines }) => lines.some((line) => /WARN +refused.*belongs to cluster/.test(line)))
            ? true
            : undefined,
        );
      } finally {
        await astray.end('SIGKILL');
      }
    } finally {
      await others.close();
    }
  });

  test('a renewed certificate is taken up without a restart, a broken one is not', async () => {
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tls.connect({ port: replica.port, host: 'localhost', ...trusting }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const before = await serial();
    const renewed = authority.sign('replica');
    replica.signal('SIGHUP');
    await waitFor('the new certificate', async () => ((await serial()) === before ? undefined : true));
    const good = fs.readFileSync(renewed.cert);
    fs.writeFileSync(renewed.cert, 'broken');
    replica.signal('SIGHUP');
    await waitFor('the complaint', () =>
      replica.lines.some((line) => line.includes('the ones before stay in force')) ? true : undefined,
    );
    expect(await replica.prometheus('safekeeper_tls_reloads_total', { outcome: 'refused' })).toBe(1);
    expect(await replica.prometheus('safekeeper_tls_certificate_expiry_timestamp_seconds')).toBeGreaterThan(1e9);
    expect((await replica.stream(record(100), KEY)).status).toBe(200);
    fs.writeFileSync(renewed.cert, good);
  });
});

test('a start that cannot work is refused, with what to do', async () => {
  const { cert, key } = authority.sign('open');
  fs.chmodSync(key, 0o644);
  const start = (...args: string[]) => run(['-data-dir', path.join(directory, 'data'), '-port', '1024', ...args]);
  expect(await start('-tls', '-tls-cert', cert, '-tls-key', key)).toEqual({
    status: 1,
    text: expect.stringContaining('can be read by others (mode 0644), who could pass for this replica: chmod 600 it.'),
  });
  expect(await start('-tls')).toEqual({ status: 2, text: expect.stringContaining('name its file with -tls-cert') });
  const missing = await start('-tls', '-tls-cert', '/no/such.crt', '-tls-key', key);
  expect(missing).toEqual({ status: 1, text: expect.stringContaining('There is no file /no/such.crt') });
  const plainPeer = await start('-tls', '-tls-cert', cert, '-tls-key', key, '-peers', 'http://other:8090');
  expect(plainPeer).toEqual({ status: 2, text: expect.stringContaining('every replica speaks TLS') });
});

test('with -tls-client-auth clients and peers must show a certificate; probes need none', async () => {
  const ours = authority.sign('client');
  const trustingAndShowing = { ...trusting, cert: fs.readFileSync(ours.cert), key: fs.readFileSync(ours.key) };
  const cluster = await TestCluster.start(3, [...flags, '-tls-client-auth'], trustingAndShowing);
  try {
    const [replica] = cluster.replicas as [TestReplica];
    expect((await replica.stream(record(1))).status).toBe(200);
    const ask = (route: string, shown: ClientTls) => request(`${replica.url}${route}`, { tls: shown });
    const without = await ask('/api/v1/ping', trusting);
    expect([without.status, without.text]).toEqual([401, expect.stringContaining('A client certificate is required')]);
    const another = new Authority(directory, 'another');
    const theirs = another.sign('stranger');
    const foreign = { ...trusting, cert: fs.readFileSync(theirs.cert), key: fs.readFileSync(theirs.key) };
    expect((await ask('/api/v1/ping', foreign)).status).toBe(401);
    expect((await ask('/api/v1/heartbeat', trusting)).status).toBe(401);
    expect((await ask('/livez', trusting)).status).toBe(200);
    expect(await turnedAway(replica, 'connection', 'no_certificate')).toBe(3);
    expect(await resumedPing(replica)).toMatch(/^HTTP\/1.1 401/);
  } finally {
    await cluster.close();
  }
});

/** What a ping is answered on a connection that resumes the session of one that showed no certificate. */
async function resumedPing({ port }: TestReplica): Promise<string> {
  const ping = (session: Buffer | undefined) =>
    new Promise<{ answer: string; session: Buffer | undefined }>((resolve, reject) => {
      let ticket: Buffer | undefined;
      let answer = '';
      const socket = tls.connect({
        port,
        host: 'localhost',
        ...trusting,
        ...(session === undefined ? {} : { session }),
      });
      socket.write('GET /api/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n');
      socket.on('session', (its: Buffer) => (ticket = its));
      socket.on('data', (piece: Buffer) => (answer += piece.toString()));
      socket.on('error', reject).on('close', () => resolve({ answer, session: ticket }));
    });
  const { session } = await ping(undefined);
  return (await ping(session)).answer;
}

test('a cluster that spoke plain HTTP goes on with TLS', async () => {
  const plain = await TestCluster.start(3);
  try {
    expect((await plain.replicas[0]?.stream(record(1)))?.status).toBe(200);
    await Promise.all(plain.replicas.map((replica) => replica.end('SIGTERM')));
    const secure = plain.replicas.map((replica) => {
      const peers = plain.replicas.filter((other) => other !== replica).map(({ port }) => `https://localhost:${port}`);
      const args = ['-peers', peers.join(','), ...flags];
      return new TestReplica(replica.id, replica.port, replica.directory, args, trusting);
    });
    for (const replica of secure) replica.start();
    try {
      const [first] = secure as [TestReplica];
      await waitFor('a write', async () => {
        try {
          return (await first.stream(record(2))).status === 200 ? true : undefined;
        } catch {
          return undefined;
        }
      });
    } finally {
      await Promise.all(secure.map((replica) => replica.end('SIGKILL')));
    }
  } finally {
    await plain.close();
  }
});
