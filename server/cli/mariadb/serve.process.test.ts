import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../testing/certificates.ts';
import { waitFor } from '../../testing/wait.ts';
import { MariaDbRig, replicated } from './testing/rig.ts';
import { Writers } from './testing/writers.ts';

const LARGE_PACKETS = '--max-allowed-packet=64M';

let rig: MariaDbRig;
beforeEach(async () => {
  rig = await MariaDbRig.start();
});
afterEach(() => rig.close());

test('a stock replica follows what is stored: through fail-overs, restarts of all sides, and every kind of transaction', async () => {
  const server = await rig.server(1);
  await server.stop();
  await server.start([LARGE_PACKETS]);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  const feed = await rig.feed();
  const replica = await rig.server(50, [LARGE_PACKETS]);
  await feed.attach(replica);

  await Writers.createTable(server);
  const client = await server.connect();
  await client.query(`
    CREATE TABLE shop.blobs (id INT PRIMARY KEY, data LONGBLOB) ENGINE=InnoDB;
    INSERT INTO shop.blobs VALUES (1, REPEAT('ä', 2500000)), (2, NULL);
    BEGIN; INSERT INTO shop.blobs VALUES (3, 'gone'); ROLLBACK;
    BEGIN; INSERT INTO shop.blobs VALUES (4, 'stays'); SAVEPOINT a; INSERT INTO shop.blobs VALUES (5, 'gone'); ROLLBACK TO a; COMMIT;
    XA START 'x'; INSERT INTO shop.blobs VALUES (6, 'two phases'); XA END 'x'; XA PREPARE 'x'; XA COMMIT 'x';
    FLUSH BINARY LOGS;
    ALTER TABLE shop.blobs ADD COLUMN more INT DEFAULT 7;
    CREATE TEMPORARY TABLE shop.temporary (id INT); INSERT INTO shop.temporary VALUES (1); DROP TABLE shop.temporary;
    UPDATE shop.blobs SET more = id * 2;
  `);
  const position = () => server.value('SELECT @@global.gtid_binlog_pos');
  const same = async () => {
    await replicated(replica, await position(), feed);
    expect(await replica.checksums(['shop'])).toEqual(await server.checksums(['shop']));
  };
  await same();

  // Live, while safekeepers, the feed and the source fail over and restart.
  const writers = new Writers(server, 4);
  writers.start();
  const more = (count: number) => {
    const before = writers.acknowledged.size;
    return waitFor('commits', () => (writers.acknowledged.size > before + count ? true : undefined));
  };
  await more(50);
  for (let kill = 0; kill < 2; kill++) {
    const leader = await rig.cluster.leader();
    await leader.end('SIGKILL');
    await more(50);
    leader.start();
    await more(50);
  }
  await feed.end('SIGTERM');
  await more(20);
  feed.start();
  await feed.listening();
  await replica.query('STOP SLAVE; START SLAVE');
  await server.kill();
  await server.start([LARGE_PACKETS]);
  await more(50);
  await writers.stop();
  await same();
  expect(writers.acknowledged.size).toBeGreaterThan(250);
});

test('who may not be fed is told why', async () => {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  await server.query('CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); INSERT INTO shop.t VALUES (1)');
  const feed = await rig.feed();
  const trouble = async (replica: typeof server, field: string, wanted: RegExp) => {
    await waitFor(`${field} to say ${wanted}`, async () => {
      const [status] = await replica.query('SHOW SLAVE STATUS');
      return wanted.test(String(status?.[field])) ? true : undefined;
    });
    await replica.query('STOP SLAVE; RESET SLAVE ALL');
  };

  const replica = await rig.server(51, []);
  await replica.query(
    `CHANGE MASTER TO master_host='127.0.0.1', master_port=${feed.port}, master_user='replica', master_password='wrong', master_use_gtid=slave_pos; START SLAVE`,
  );
  await trouble(replica, 'Last_IO_Error', /Access denied/);

  await replica.query("SET GLOBAL gtid_slave_pos='0-1-999'");
  await feed.attach(replica);
  await trouble(replica, 'Last_IO_Error', /ahead of it/);

  await replica.query("SET GLOBAL gtid_slave_pos='0-77-2'");
  await feed.attach(replica);
  await trouble(replica, 'Last_IO_Error', /history is another one/);

  await replica.query("SET GLOBAL gtid_slave_pos=''");
  await feed.attach(replica);
  await replicated(replica, await server.value('SELECT @@global.gtid_binlog_pos'), feed);
});

test('TLS with replicas: each side sees who the other is, or there is no feed', async () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'feed-tls-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true }));
  const authority = new Authority(directory, 'ca');
  const other = new Authority(directory, 'other');
  const { cert, key } = authority.sign('feed');
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  await server.query('CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); INSERT INTO shop.t VALUES (1)');
  const feed = await rig.feed(['-replica-tls-cert', cert, '-replica-tls-key', key]);
  const replica = await rig.server(51, []);
  const refused = async (more: string, wanted: RegExp): Promise<void> => {
    await feed.attach(replica, more);
    await waitFor(`the replica to say ${wanted}`, async () => {
      const [status] = await replica.query('SHOW SLAVE STATUS');
      return wanted.test(String(status?.['Last_IO_Error'])) ? true : undefined;
    });
    await replica.query('STOP SLAVE; RESET SLAVE ALL');
  };
  await refused('', /This log is fed over TLS only: CHANGE MASTER TO master_ssl=1/);
  await refused(`, master_ssl=1, master_ssl_ca='${other.ca}', master_ssl_verify_server_cert=1`, /certificate|SSL/);
  await feed.attach(replica, `, master_ssl=1, master_ssl_ca='${authority.ca}', master_ssl_verify_server_cert=1`);
  await server.query('INSERT INTO shop.t VALUES (2)');
  await replicated(replica, await server.value('SELECT @@global.gtid_binlog_pos'), feed);
  expect(await replica.value('SELECT SUM(id) FROM shop.t')).toBe('3');
  expect(await feed.end('SIGTERM')).toBe(0);
});
