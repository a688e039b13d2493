import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { MariaDbServer } from '../../../mariadb/testing/mariadb_server.ts';
import type { AlarmCode } from '../../../mariadb/connector/index.ts';
import { run } from '../../testing/program.ts';
import { waitFor } from '../../testing/wait.ts';
import { type ConnectorProcess, MariaDbRig, replicated } from './testing/rig.ts';

/** What MariaDB itself leaves open, as docs/mariadb.md tells it: each is noticed, or found not to be a hole. */
let rig: MariaDbRig;
let server: MariaDbServer;
let connector: ConnectorProcess;
beforeEach(async () => {
  rig = await MariaDbRig.start();
  server = await rig.server(1);
  connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  await server.query('CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY)');
});
afterEach(() => rig.close());

/** Commits that wait, because two of three safekeepers are gone. */
async function waitingCommits(count: number) {
  for (const replica of rig.cluster.replicas.slice(0, 2)) await replica.end('SIGKILL');
  const commits = [];
  for (let id = 1; id <= count; id++) {
    const client = await server.connect();
    const outcome = client.query('INSERT INTO shop.t VALUES (?)', [id]).then(
      () => 'returned',
      () => 'failed',
    );
    commits.push({ threadId: client.threadId, outcome });
  }
  await waitFor('a commit to wait', async () =>
    (await connector.status())?.server.waitingCommits === 1 ? true : undefined,
  );
  return commits;
}

async function alarm(code: AlarmCode): Promise<string> {
  return await waitFor(
    `alarm ${code}`,
    async () => (await connector.status())?.alarms.find((one) => one.code === code)?.sentence,
  );
}

function bringBack(): void {
  for (const replica of rig.cluster.replicas.slice(0, 2)) replica.start();
}

test('KILL QUERY lets a waiting commit go: an alarm', async () => {
  const [commit] = await waitingCommits(1);
  await server.query(`KILL QUERY ${commit?.threadId ?? 0}`);
  expect(await commit?.outcome).toBe('returned');
  expect(await alarm('escaped')).toContain('1 commits returned before the quorum had them');
  const status = await run(['mariadb', 'status', '-connector', connector.statusUrl]);
  expect([status.status, status.text]).toEqual([1, expect.stringContaining('ALARM        escaped:')]);
});

test('RESET MASTER lets waiting commits go, and those after it: the connector refuses to go on', async () => {
  const [commit] = await waitingCommits(1);
  await server.query('RESET MASTER');
  expect(await commit?.outcome).toBe('returned');
  bringBack();
  expect(await connector.ended()).toBe(3);
  expect(connector.lines.join('\n')).toMatch(/Refused: .*does not continue what is stored/);
});

test('semi-synchronous replication switched off, or made to give up: an alarm with the remedy', async () => {
  await server.query('SET GLOBAL rpl_semi_sync_master_timeout=10000');
  expect(await alarm('settings')).toContain('SET GLOBAL rpl_semi_sync_master_timeout = 18446744073709551615');
  await server.query('SET GLOBAL rpl_semi_sync_master_enabled=OFF; INSERT INTO shop.t VALUES (1)');
  await waitFor('the alarm to name it', async () =>
    (await alarm('settings')).includes('rpl_semi_sync_master_enabled is OFF') ? true : undefined,
  );
});

test('another semi-synchronous replica could acknowledge: an alarm', async () => {
  const replica = await rig.server(2, ['--rpl-semi-sync-slave-enabled=ON']);
  await replica.query(
    `CHANGE MASTER TO master_host='127.0.0.1', master_port=${server.port}, master_user='safekeeper', master_password='keeps safe', master_use_gtid=slave_pos; START SLAVE`,
  );
  expect(await alarm('other_replica')).toContain('2 semi-synchronous replicas');
});

test('SHUTDOWN while a commit waits: its client hears an error, and the commit is in the log', async () => {
  const [commit] = await waitingCommits(1);
  await server.query('SHUTDOWN');
  expect(await commit?.outcome).toBe('failed');
  await server.kill();
  bringBack();
  await server.start();
  await connector.attached();
  await server.query('INSERT INTO shop.t VALUES (2)');
  expect(await server.value('SELECT COUNT(*) FROM shop.t')).toBe('2');
});

test('max_statement_time does not end the wait', async () => {
  const [first] = await waitingCommits(1);
  const client = await server.connect();
  await client.query('SET max_statement_time=0.2');
  const limited = client.query('INSERT INTO shop.t VALUES (100)').then(
    () => 'returned',
    () => 'failed',
  );
  // It has had its time when a later statement of the same limit has been ended.
  const other = await server.connect();
  await other.query('SET max_statement_time=0.5');
  await expect(other.query('SELECT SLEEP(60)')).rejects.toThrow('max_statement_time exceeded');
  expect((await connector.status())?.server.escapedCommits).toBe(0);
  bringBack();
  expect([await first?.outcome, await limited]).toEqual(['returned', 'returned']);
});

test('a connector attaches while more commits wait than one group takes, where SHOW BINARY LOGS does not answer', async () => {
  const commits = await waitingCommits(4);
  await connector.end('SIGKILL');
  connector.start();
  bringBack();
  expect(await Promise.all(commits.map(({ outcome }) => outcome))).toEqual(Array(4).fill('returned'));
});

test('a database that the log leaves out is noticed, though the server does not tell while commits wait', async () => {
  await connector.end('SIGKILL');
  await server.kill();
  await server.start(['--binlog-ignore-db=secret']);
  const clients = await Promise.all([1, 2, 3].map(() => server.connect()));
  const commits = clients.map((client, id) => client.query('INSERT INTO shop.t VALUES (?)', [id]));
  await waitFor('a commit to wait', async () => {
    const [row] = await server.query("SHOW STATUS LIKE 'Rpl_semi_sync_master_wait_sessions'");
    return Number(row?.['Value']) > 0 ? true : undefined;
  });
  connector.start();
  await Promise.all(commits);
  expect(await alarm('settings')).toContain('binlog_ignore_db is secret');
  // When nothing waits it is refused at once.
  await connector.end('SIGKILL');
  connector.start();
  expect(await connector.ended()).toBe(3);
  expect(connector.lines.at(-1)).toContain('binlog_ignore_db is secret');
});

test('what waits is seen by others when it is DDL, and after a crash; it is stored as soon as the quorum is back', async () => {
  await waitingCommits(1);
  const ddl = await server.connect();
  ddl.query('CREATE TABLE shop.later (id INT)').catch(() => {});
  // The statement is done once it waits, too; the transaction that waits is not seen.
  await waitFor('the table to be there', async () =>
    (await server.query('SHOW TABLES FROM shop')).length === 2 ? true : undefined,
  );
  expect(await server.value('SELECT COUNT(*) FROM shop.t')).toBe('0');
  await connector.end('SIGKILL');
  await server.kill();
  await server.start();
  expect(await server.value('SELECT COUNT(*) FROM shop.t')).toBe('1');
  bringBack();
  connector.start();
  await connector.attached();
  await server.query('INSERT INTO shop.t VALUES (2)');
  const feed = await rig.feed();
  const replica = await rig.server(2, []);
  await feed.attach(replica);
  await replicated(replica, await server.value('SELECT @@global.gtid_binlog_pos'), feed);
  expect(await replica.checksums(['shop'])).toEqual(await server.checksums(['shop']));
});

test('sql_log_bin=0 goes past the log: it waits for nobody, and is stored nowhere', async () => {
  await waitingCommits(1);
  await server.query('SET sql_log_bin=0; INSERT INTO shop.t VALUES (7)');
  expect(await server.value('SELECT COUNT(*) FROM shop.t WHERE id = 7')).toBe('1');
  expect((await connector.status())?.server.escapedCommits).toBe(0);
});

test('the log comes near file 1000000: an alarm long before; there, MariaDB lets commits go', async () => {
  await connector.end('SIGTERM');
  const late = await rig.server(3);
  await late.query('RESET MASTER TO 999998');
  const cluster = await MariaDbRig.start();
  onTestFinished(() => cluster.close());
  const its = await cluster.connector(late);
  its.start();
  await its.attached();
  await late.query(
    'CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); FLUSH BINARY LOGS; INSERT INTO shop.t VALUES (1)',
  );
  const alarms = await waitFor('the alarm', async () => {
    const codes = (await its.status())?.alarms.map(({ code }) => code) ?? [];
    return codes.length > 0 ? codes : undefined;
  });
  expect(alarms).toEqual(['file_number']);
  await late.query('FLUSH BINARY LOGS');
  for (const replica of cluster.cluster.replicas.slice(0, 2)) await replica.end('SIGKILL');
  // No quorum, and yet it returns: what the source says (report_reply_binlog compares names as text).
  await late.query('INSERT INTO shop.t VALUES (2)');
  expect(await late.value('SELECT COUNT(*) FROM shop.t')).toBe('2');
});
