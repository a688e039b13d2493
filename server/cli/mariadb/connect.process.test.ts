import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../testing/certificates.ts';
import { run } from '../../testing/program.ts';
import { waitFor } from '../../testing/wait.ts';
import { MariaDbRig, replicated } from './testing/rig.ts';

/** Calls to safekeepers that do not answer would take a minute. */
const ENDS_WITHIN_MS = 15_000;

let rig: MariaDbRig;
beforeEach(async () => {
  rig = await MariaDbRig.start();
});
afterEach(() => rig.close());

/** Whether a promise is settled, once everything that is under way had its turn. */
function settled(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  promise.then(
    () => (isSettled = true),
    () => (isSettled = true),
  );
  return () => isSettled;
}

test('COMMIT waits for the quorum, and for nothing more: with 0, 1 and 2 safekeepers down', async () => {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  const client = await server.connect();
  await client.query('CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE=InnoDB');
  await client.query('INSERT INTO shop.orders VALUES (1)');

  const [first, second] = rig.cluster.replicas;
  await first?.end('SIGKILL');
  await client.query('INSERT INTO shop.orders VALUES (2)');

  await second?.end('SIGKILL');
  const waiting = client.query('INSERT INTO shop.orders VALUES (3)');
  const isSettled = settled(waiting);
  await waitFor('the commit to wait', async () =>
    (await server.value(
      "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME='RPL_SEMI_SYNC_MASTER_WAIT_SESSIONS'",
    )) === '1'
      ? true
      : undefined,
  );
  // The transaction is in the server's log, others see nothing of it, and the connector says that a commit waits.
  expect(await server.value('SELECT COUNT(*) FROM shop.orders')).toBe('2');
  await waitFor('the status to say so', async () =>
    (await connector.status())?.server.waitingCommits === 1 ? true : undefined,
  );
  expect(isSettled()).toBe(false);

  second?.start();
  await waiting;
  expect(await server.value('SELECT COUNT(*) FROM shop.orders')).toBe('3');
  const report = await connector.status();
  expect(report?.acknowledgedGtid).toMatch(/^0-1-\d+$/);
  expect(report?.server.escapedCommits).toBe(0);
});

test('a connector that comes late catches up over several files, and commits that wait for it return', async () => {
  const server = await rig.server(1);
  await server.query(
    'SET GLOBAL rpl_semi_sync_master_enabled=OFF; CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY)',
  );
  for (let id = 1; id <= 4; id++) await server.query(`INSERT INTO shop.t VALUES (${id}); FLUSH BINARY LOGS`);
  await server.query('SET GLOBAL rpl_semi_sync_master_enabled=ON');
  const waiting = [5, 6].map((id) => server.query(`INSERT INTO shop.t VALUES (${id})`));
  const connector = await rig.connector(server);
  connector.start();
  await Promise.all(waiting);
  await connector.attached();
  expect((await connector.status())?.file).toBe('mariadb-bin.000005');
  const feed = await rig.feed();
  const replica = await rig.server(50, []);
  await feed.attach(replica);
  await replicated(replica, await server.value('SELECT @@global.gtid_binlog_pos'), feed);
  expect(await replica.value('SELECT COUNT(*) FROM shop.t')).toBe('6');
});

test('TLS with the server: its certificate is checked', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'mariadb-tls-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true }));
  const authority = new Authority(directory, 'ca');
  const other = new Authority(directory, 'other');
  const { cert, key } = authority.sign('server');
  const server = await rig.server(1);
  await server.stop();
  await server.start([`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--require-secure-transport=ON']);
  const plain = await rig.connector(server);
  plain.start();
  expect(await plain.ended()).toBe(3);
  expect(plain.lines.join('\n')).toMatch(/Refused: .*If the server demands TLS: -mariadb-tls-ca/);
  const wrong = await rig.connector(server, ['-mariadb-tls-ca', other.ca]);
  wrong.start();
  expect(await wrong.ended()).toBe(3);
  expect(wrong.lines.join('\n')).toMatch(/Refused: TLS with .* failed: .*Give the right -mariadb-tls-ca/);
  const connector = await rig.connector(server, ['-mariadb-tls-ca', authority.ca]);
  connector.start();
  await connector.attached();
  await server.query('CREATE DATABASE shop');
  expect((await connector.status())?.acknowledgedGtid).toBe('0-1-1');
});

test('a server that stands still is noticed by its silence, and attached again when it goes on', async () => {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  server.signal('SIGSTOP');
  await waitFor('the silence to be noticed', async () =>
    (await connector.status())?.phase === 'attached' ? undefined : true,
  );
  expect(connector.lines.join('\n')).toContain('Nothing was heard from the server for 6 s');
  const { status, text } = await run(['mariadb', 'status', '-connector', connector.statusUrl]);
  expect([status, text]).toEqual([1, expect.stringContaining('ALARM        detached: Not attached: commits wait.')]);
  server.signal('SIGCONT');
  await connector.attached();
  await server.query('CREATE DATABASE shop');
  expect(await run(['mariadb', 'status', '-connector', connector.statusUrl])).toMatchObject({ status: 0 });
});

test('Ctrl-C ends a connector at once, while it works and while no safekeeper answers', async () => {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  expect(await connector.end('SIGINT')).toBe(0);
  for (const replica of rig.cluster.replicas) await replica.end('SIGKILL');
  connector.start();
  await waitFor('it to try', async () => ((await connector.status())?.phase === 'attaching' ? true : undefined));
  let ended: number | NodeJS.Signals | undefined;
  void connector.end('SIGINT').then((how) => (ended = how));
  expect(await waitFor('its end', () => ended, ENDS_WITHIN_MS)).toBe(0);
});
