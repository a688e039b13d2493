import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MariaDbServer } from '../../../mariadb/testing/mariadb_server.ts';
import { run } from '../../testing/program.ts';
import { waitFor } from '../../testing/wait.ts';
import { type ConnectorProcess, MariaDbRig } from './testing/rig.ts';
import { missing, Writers } from './testing/writers.ts';

const REFUSED = 3;

let rig: MariaDbRig;
beforeEach(async () => {
  rig = await MariaDbRig.start();
});
afterEach(() => rig.close());

async function takeOver(server: MariaDbServer): Promise<string> {
  const args = ['-safekeepers', rig.urls, '-host', '127.0.0.1', '-port', `${server.port}`, '-user', 'admin'];
  const { status, text } = await run(['mariadb', 'takeover', ...args], {
    environment: { SAFEKEEPER_MARIADB_PASSWORD: 'rules' },
  });
  expect([status, text]).toEqual([0, expect.stringContaining('has taken over')]);
  return text;
}

/** A server that may take over, and its connector, not started yet. */
async function candidate(serverId: number): Promise<{ server: MariaDbServer; connector: ConnectorProcess }> {
  const server = await rig.server(serverId);
  await server.createReplicationUser('admin', 'rules', 'ALL PRIVILEGES');
  return { server, connector: await rig.connector(server) };
}

test('a new server takes over, twice; the one that returns is refused, and nothing acknowledged is lost', async () => {
  const first = await candidate(1);
  first.connector.start();
  await first.connector.attached();
  await Writers.createTable(first.server);
  const writers = new Writers(first.server, 8);
  const more = (count: number) => {
    const before = writers.acknowledged.size;
    return waitFor('commits', () => (writers.acknowledged.size > before + count ? true : undefined));
  };
  writers.start();
  await more(200);

  // The first disaster: server and connector are gone in the middle of it all.
  await first.server.kill();
  const atFirst = new Set(writers.acknowledged);
  const second = await candidate(2);
  await takeOver(second.server);
  expect(await missing(second.server, atFirst)).toEqual([]);
  second.connector.start();
  await second.connector.attached();
  writers.moveTo(second.server);
  await more(200);

  // The old one comes back, with commits that were never acknowledged, and its connector with it.
  await first.server.start();
  expect(await first.connector.ended()).toBe(REFUSED);
  expect(first.connector.lines.join('\n')).toMatch(/Refused: .*(newer writer|another file|does not continue)/s);
  first.connector.start();
  expect(await first.connector.ended()).toBe(REFUSED);
  expect(first.connector.lines.at(-1)).toMatch(/is another file: .*This server does not continue what is stored/);
  const waiting = first.server.query("INSERT INTO shop.orders (id) VALUES ('not with the quorum')");
  waiting.catch(() => {});
  await more(50);

  // The second disaster, with a standby's worth of records of both servers in the log.
  await second.server.kill();
  const atSecond = new Set(writers.acknowledged);
  const third = await candidate(3);
  await takeOver(third.server);
  expect(await missing(third.server, atSecond)).toEqual([]);
  third.connector.start();
  await third.connector.attached();
  writers.moveTo(third.server);
  await more(100);
  await writers.stop();
  expect(await missing(third.server, writers.acknowledged)).toEqual([]);
  expect(await third.server.value("SELECT COUNT(*) FROM shop.orders WHERE id = 'not with the quorum'")).toBe('0');
});

test('a server with a history of its own does not take over, and nothing is changed', async () => {
  const { server, connector } = await candidate(1);
  connector.start();
  await connector.attached();
  await server.query('CREATE DATABASE shop');
  const other = await rig.server(2, ['--log-bin=mariadb-bin', '--gtid-strict-mode=ON']);
  await other.createReplicationUser('admin', 'rules', 'ALL PRIVILEGES');
  const args = ['-safekeepers', rig.urls, '-host', '127.0.0.1', '-port', `${other.port}`, '-user', 'admin'];
  const environment = { SAFEKEEPER_MARIADB_PASSWORD: 'rules' };
  const unset = await run(['mariadb', 'takeover', ...args], { environment });
  expect([unset.status, unset.text]).toEqual([1, expect.stringContaining('sync_binlog is 0, but must be 1')]);

  const third = await candidate(3);
  // Its commits would wait for a connector that it does not have.
  await third.server.query(
    'SET GLOBAL rpl_semi_sync_master_enabled=OFF; CREATE DATABASE mine; SET GLOBAL rpl_semi_sync_master_enabled=ON',
  );
  const own = await run(
    ['mariadb', 'takeover', ...args.slice(0, 4), '-port', `${third.server.port}`, '-user', 'admin'],
    {
      environment,
    },
  );
  expect([own.status, own.text]).toEqual([1, expect.stringContaining('transactions of its own in its log (0-3-1)')]);

  // A replica of the server itself may have what no quorum has, or another history: that is seen once it has caught up.
  const filtered = await candidate(4);
  await filtered.server.query("SET GLOBAL replicate_ignore_db='mine'");
  for (const [position, sentence] of [
    ['0-1-1', 'replicate_ignore_db=mine'],
    ['0-1-999', 'has 0-1-999, and stored is 0-1-1'],
    ['0-9-1', 'has 0-9-1, and stored is 0-1-1'],
  ] as const) {
    await filtered.server.query(`STOP SLAVE; SET GLOBAL gtid_slave_pos='${position}'`);
    const ahead = await run(
      ['mariadb', 'takeover', ...args.slice(0, 4), '-port', `${filtered.server.port}`, '-user', 'admin'],
      { environment },
    );
    expect([ahead.status, ahead.text]).toEqual([1, expect.stringContaining(sentence)]);
    await filtered.server.query("STOP SLAVE; SET GLOBAL replicate_ignore_db=''");
  }
  // It was fenced, and needs no more than to be started again.
  await connector.end('SIGKILL');
  connector.start();
  await connector.attached();

  // The one that writes was not disturbed.
  await server.query('CREATE TABLE shop.t (id INT PRIMARY KEY)');
});
