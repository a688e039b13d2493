import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MariaDbServer } from '../../../mariadb/testing/mariadb_server.ts';
import { run } from '../../testing/program.ts';
import { roundsOf } from '../../testing/rounds.ts';
import { waitFor } from '../../testing/wait.ts';
import { MariaDbRig, type ConnectorProcess } from './testing/rig.ts';
import { missing, Writers } from './testing/writers.ts';

/** More of them with `make chaos`. */
const ROUNDS = roundsOf(4);
const CLIENTS = 16;
const VICTIMS = ['MariaDB', 'the connector', 'the leader safekeeper', 'all safekeepers'] as const;
const ROUND_MS = 60_000;

let rig: MariaDbRig;
let scratch: string;
beforeEach(async () => {
  rig = await MariaDbRig.start();
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kills-'));
});
afterEach(async () => {
  await rig.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** A new server from what is stored, and nothing else. */
async function rebuild(name: string): Promise<MariaDbServer> {
  const directory = path.join(scratch, name);
  const { status, text } = await run(['mariadb', 'restore', '-safekeepers', rig.urls, '-to', directory]);
  expect([status, text]).toEqual([0, expect.stringContaining('Restored')]);
  const files = fs.readdirSync(directory).filter((file) => !file.endsWith('.index'));
  const server = await rig.server(99, []);
  await server.replay(files.sort().map((file) => path.join(directory, file)));
  return server;
}

async function kill(
  victim: (typeof VICTIMS)[number],
  server: MariaDbServer,
  connector: ConnectorProcess,
): Promise<void> {
  if (victim === 'MariaDB') await server.kill();
  if (victim === 'the connector') await connector.end('SIGKILL');
  if (victim === 'the leader safekeeper') await (await rig.cluster.leader()).end('SIGKILL');
  if (victim === 'all safekeepers') await Promise.all(rig.cluster.replicas.map((replica) => replica.end('SIGKILL')));
}

async function bringBack(
  victim: (typeof VICTIMS)[number],
  server: MariaDbServer,
  connector: ConnectorProcess,
): Promise<void> {
  if (victim === 'MariaDB') await server.start();
  if (victim === 'the connector') connector.start();
  if (victim === 'the leader safekeeper' || victim === 'all safekeepers') {
    for (const replica of rig.cluster.replicas) if ((await replica.metric('state')) === undefined) replica.start();
  }
}

/** Everything in the server's log is stored. */
async function drained(server: MariaDbServer, connector: ConnectorProcess): Promise<void> {
  await waitFor('the log to be stored', async () => {
    const latest = await server.value('SELECT @@global.gtid_binlog_pos');
    return (await connector.status())?.acknowledgedGtid === latest ? true : undefined;
  });
}

test(`${ROUNDS} rounds of kills under ${CLIENTS} writing clients: no acknowledged commit is lost`, {
  timeout: ROUNDS * ROUND_MS,
}, async () => {
  const server = await rig.server(1);
  const connector = await rig.connector(server);
  connector.start();
  await connector.attached();
  await Writers.createTable(server);
  const writers = new Writers(server, CLIENTS);
  for (let round = 0; round < ROUNDS; round++) {
    const victim = VICTIMS[round % VICTIMS.length] ?? 'MariaDB';
    const before = writers.acknowledged.size;
    writers.start();
    await waitFor('commits', () => (writers.acknowledged.size > before + 100 ? true : undefined));
    await delay(randomInt(300));
    await kill(victim, server, connector);
    if (victim === 'MariaDB') {
      // What the dead server acknowledged is in a server that is made of the stored log alone.
      const acknowledged = new Set(writers.acknowledged);
      const rebuilt = await rebuild(`${round}-dead`);
      expect(await missing(rebuilt, acknowledged)).toEqual([]);
      await rebuilt.destroy();
    }
    const atKill = writers.acknowledged.size;
    await bringBack(victim, server, connector);
    await waitFor('commits to go on', () => (writers.acknowledged.size > atKill + 50 ? true : undefined)).catch(
      async (error: unknown) => {
        const status = JSON.stringify(await connector.status());
        throw new Error(`round ${round}, ${victim}: ${[...connector.lines, status].join('\n')}`, { cause: error });
      },
    );
    await writers.stop();
    await drained(server, connector);
    const rebuilt = await rebuild(`${round}`);
    expect(await missing(rebuilt, writers.acknowledged)).toEqual([]);
    expect(await rebuilt.checksums(['shop'])).toEqual(await server.checksums(['shop']));
    await rebuilt.destroy();
    console.log(
      `round ${round}: ${victim} killed; ${writers.acknowledged.size} commits acknowledged so far, 0 lost, tables equal`,
    );
  }
  expect((await connector.status())?.server.escapedCommits).toBe(0);
});
