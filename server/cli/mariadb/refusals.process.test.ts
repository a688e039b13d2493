import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MariaDbServer } from '../../../mariadb/testing/mariadb_server.ts';
import { waitFor } from '../../testing/wait.ts';
import { type ConnectorProcess, MariaDbRig } from './testing/rig.ts';

const REFUSED = 3;

let rig: MariaDbRig;
beforeEach(async () => {
  rig = await MariaDbRig.start();
});
afterEach(() => rig.close());

async function refused(connector: ConnectorProcess, why: RegExp): Promise<void> {
  connector.start();
  expect([await connector.ended(), connector.lines.join('\n')]).toEqual([REFUSED, expect.stringMatching(why)]);
}

/** A server whose first transactions are stored, and its connector, which was stopped. */
async function stored(): Promise<{ server: MariaDbServer; connector: ConnectorProcess }> {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  await server.query(
    'CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); INSERT INTO shop.t VALUES (1), (2)',
  );
  await connector.end('SIGTERM');
  return { server, connector };
}

test('a server that is not set up: every wrong setting, with its remedy', async () => {
  const server = await rig.server(1, ['--log-bin=mariadb-bin', '--binlog-ignore-db=secret', '--encrypt-binlog=OFF']);
  const connector = await rig.connector(server);
  await refused(connector, /must be set up first/);
  const said = connector.lines.join('\n');
  for (const name of [
    'binlog_format',
    'gtid_strict_mode',
    'sync_binlog',
    'rpl_semi_sync_master_enabled',
    'max_binlog_cache_size',
  ]) {
    expect(said).toMatch(new RegExp(`- ${name} is .*, but must be .*SET GLOBAL ${name} = .* into its configuration`));
  }
  expect(said).toContain('binlog_ignore_db is secret');
});

test('no binary log at all; a user who may not; a wrong password', async () => {
  const bare = await rig.server(1, []);
  await refused(await rig.connector(bare), /log_bin is OFF, but must be ON: .*restart it/);
  const server = await rig.server(2);
  await server.createReplicationUser('guest', 'guest', 'USAGE');
  const guest = await rig.connector(server, ['-password', 'guest'], 'guest');
  await refused(guest, /does not let guest in: .*GRANT REPLICATION SLAVE, BINLOG MONITOR/);
  const wrong = await rig.connector(server, ['-password', 'wrong']);
  await refused(wrong, /does not let safekeeper in: Access denied/);
});

test('a log that begins late, without a base backup and with one', async () => {
  const server = await rig.server(1);
  await server.query('SET GLOBAL rpl_semi_sync_master_enabled=OFF; CREATE DATABASE shop; FLUSH BINARY LOGS');
  await waitFor('the first file to go', async () => {
    await server.query("PURGE BINARY LOGS TO 'mariadb-bin.000002'");
    return (await server.value('SHOW BINARY LOGS')) === 'mariadb-bin.000002' ? true : undefined;
  });
  await server.query('SET GLOBAL rpl_semi_sync_master_enabled=ON');
  await refused(
    await rig.connector(server),
    /begins with mariadb-bin\.000002, after transactions up to 0-1-1: .*-base-backup/,
  );
  await refused(
    await rig.connector(server, ['-base-backup', 'mariadb-bin.000001:4']),
    /no longer has mariadb-bin\.000001/,
  );
  const connector = await rig.connector(server, ['-base-backup', 'mariadb-bin.000002:330']);
  connector.start();
  await connector.attached();
  await server.query('CREATE TABLE shop.t (id INT PRIMARY KEY)');
});

test('another server; the same one after RESET MASTER; an older copy of it', async () => {
  const { server, connector } = await stored();
  const other = await rig.server(2);
  await refused(await rig.connector(other), /is another file: .*This server does not continue what is stored/);

  await server.stop();
  const copy = path.join(server.directory, 'older');
  fs.cpSync(server.dataDirectory, copy, { recursive: true });
  await server.start();
  connector.start();
  await connector.attached();
  await server.query('INSERT INTO shop.t VALUES (3)');
  await connector.end('SIGTERM');
  await server.kill();
  fs.rmSync(server.dataDirectory, { recursive: true });
  fs.renameSync(copy, server.dataDirectory);
  await server.start();
  await refused(connector, /(another file|lost its latest transactions|does not continue)/);

  await server.query(
    'SET GLOBAL rpl_semi_sync_master_enabled=OFF; RESET MASTER; INSERT INTO shop.t VALUES (4); SET GLOBAL rpl_semi_sync_master_enabled=ON',
  );
  await refused(connector, /does not continue what is stored/);
  expect(await server.value('SELECT COUNT(*) FROM shop.t')).toBe('3');
});

test('what safekeepers hold is no log of MariaDB', async () => {
  const leader = await rig.cluster.leader();
  expect((await leader.stream('{"lsn":7,"wal_data":"AAAA"}')).status).toBe(200);
  await refused(await rig.connector(await rig.server(1)), /hold something else/);
});

test('two connectors of one server: the newer fences the older', async () => {
  const server = await rig.server(1);
  const older = await rig.connector(server);
  older.start();
  await older.attached();
  await server.query('CREATE DATABASE shop');
  const newer = await rig.connector(server);
  newer.start();
  await newer.attached();
  await server.query('CREATE TABLE shop.t (id INT PRIMARY KEY)');
  expect(await older.ended()).toBe(REFUSED);
  expect(older.lines.at(-1)).toMatch(/newer writer has taken over/);
  await server.query('INSERT INTO shop.t VALUES (1)');
  expect((await newer.status())?.acknowledgedGtid).toBe('0-1-3');
});

test('a tail that a crash tore is left out, and the log goes on with the next file', async () => {
  const { server, connector } = await stored();
  await server.kill();
  const file = path.join(server.dataDirectory, 'mariadb-bin.000001');
  // A group begins, and its second event is there in part only.
  const torn = fs.readFileSync(file).subarray(-200, -90);
  fs.appendFileSync(file, Buffer.concat([torn]));
  await server.start();
  connector.start();
  await connector.attached();
  await server.query('INSERT INTO shop.t VALUES (3)');
  expect((await connector.status())?.file).toBe('mariadb-bin.000002');
  expect(connector.lines.join('\n')).toContain('mariadb-bin.000001 ends in the middle of an event');
});
