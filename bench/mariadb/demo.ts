import { setTimeout as delay } from 'node:timers/promises';
import type { MariaDbServer } from '../../mariadb/testing/mariadb_server.ts';
import { type ConnectorProcess, type FeedProcess, MariaDbRig } from '../../server/cli/mariadb/testing/rig.ts';
import { missing, Writers } from '../../server/cli/mariadb/testing/writers.ts';
import { run } from '../../server/testing/program.ts';
import { waitFor } from '../../server/testing/wait.ts';

const CLIENTS = 8;
/** How long the load runs between two disasters. */
const CALM_MS = 6_000;
const TICK_MS = 1_000;
const PATIENCE_MS = 60_000;

const startedMs = performance.now();

/** What a step did, with the time since the beginning. */
function say(line: string): void {
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
}

/** What is compared at the end. */
interface Figures {
  readonly acknowledged: number;
  readonly missingAfterTakeover: number;
  readonly missingAtEnd: number;
  readonly source: Readonly<Record<string, string>>;
  readonly standby: Readonly<Record<string, string>>;
}

/**
 * `make demo`: a MariaDB that waits for three safekeepers, a write load, a standby; the leader is killed, the server is killed
 * and its directory deleted, another one takes over; and what was acknowledged is compared with what is there.
 */
async function demo(): Promise<Figures> {
  say('Starting three safekeepers …');
  const rig = await MariaDbRig.start();
  try {
    say(`They run: ${rig.urls}`);
    const first = await startServer(rig, 1, 'db1');
    await Writers.createTable(first.server);
    const feed = await rig.feed();
    const standby = await rig.server(50, []);
    await feed.attach(standby);
    say('A stock MariaDB replica is fed from the safekeepers (safekeeper mariadb serve).');

    const writers = new Writers(first.server, CLIENTS);
    writers.start();
    say(`${CLIENTS} clients insert rows into db1, one transaction each.`);
    await watch(writers);

    const leader = await rig.cluster.leader();
    await leader.end('SIGKILL');
    say(`DISASTER: the leader, ${leader.id}, is killed (SIGKILL).`);
    await goesOn(writers);
    leader.start();
    say(`${leader.id} is started again, and catches up by itself.`);
    await watch(writers);

    await first.server.destroy();
    const atDeath = new Set(writers.acknowledged);
    say(`DISASTER: db1 is killed and its directory deleted. ${atDeath.size} commits were acknowledged until then.`);
    await first.connector.end('SIGTERM');
    const second = await takeOver(rig);
    const lost = (await missing(second.server, atDeath)).length;
    say(`Of ${atDeath.size} acknowledged commits, ${lost} are missing on db2.`);
    writers.moveTo(second.server);
    await goesOn(writers);
    await watch(writers);

    await writers.stop();
    say('The load has stopped.');
    const position = await second.server.value('SELECT @@global.gtid_binlog_pos');
    await reached(standby, position, feed);
    return {
      acknowledged: writers.acknowledged.size,
      missingAfterTakeover: lost,
      missingAtEnd: (await missing(second.server, writers.acknowledged)).length,
      source: await second.server.checksums(['shop']),
      standby: await standby.checksums(['shop']),
    };
  } finally {
    say('Cleaning up …');
    await rig.close();
  }
}

async function startServer(
  rig: MariaDbRig,
  serverId: number,
  name: string,
): Promise<{ readonly server: MariaDbServer; readonly connector: ConnectorProcess }> {
  const server = await rig.server(serverId);
  await server.createReplicationUser('admin', 'rules', 'ALL PRIVILEGES');
  const connector = await rig.connector(server);
  if (name === 'db1') {
    connector.start();
    await connector.attached();
    say('db1 runs, and its connector: a COMMIT returns when two of three safekeepers have it on disk.');
  }
  return { server, connector };
}

async function takeOver(rig: MariaDbRig): Promise<{ readonly server: MariaDbServer }> {
  const { server, connector } = await startServer(rig, 2, 'db2');
  say('db2 is started, empty. safekeeper mariadb takeover:');
  const args = ['-safekeepers', rig.urls, '-host', '127.0.0.1', '-port', `${server.port}`, '-user', 'admin'];
  const { status, text } = await run(['mariadb', 'takeover', ...args], {
    environment: { SAFEKEEPER_MARIADB_PASSWORD: 'rules' },
  });
  for (const line of text.split('\n')) say(`  ${line}`);
  if (status !== 0) throw new Error('The take-over failed.');
  connector.start();
  await connector.attached();
  say('The connector of db2 runs.');
  return { server };
}

/** Shows the load for a while. */
async function watch(writers: Writers): Promise<void> {
  for (let tick = 0; tick < CALM_MS / TICK_MS; tick++) {
    const before = writers.acknowledged.size;
    await delay(TICK_MS);
    const { size } = writers.acknowledged;
    say(`${size} commits acknowledged (${size - before}/s)`);
  }
}

async function goesOn(writers: Writers): Promise<void> {
  const before = writers.acknowledged.size;
  const begunMs = performance.now();
  await waitFor('commits to go on', () => (writers.acknowledged.size > before ? true : undefined), PATIENCE_MS);
  say(`Commits go on after ${Math.round(performance.now() - begunMs)} ms.`);
}

async function reached(standby: MariaDbServer, position: string, feed: FeedProcess): Promise<void> {
  await waitFor(
    `the standby to have ${position}; ${feed.lines.join('; ')}`,
    async () => ((await standby.value('SELECT @@global.gtid_slave_pos')) === position ? true : undefined),
    PATIENCE_MS,
  );
  say(`The standby has followed through all of it: ${position}.`);
}

const figures = await demo();
const tables = Object.keys(figures.source);
console.log(`
| what                                        | figure |
|---------------------------------------------|--------|
| commits acknowledged                        | ${figures.acknowledged} |
| of those before the disaster, lost          | ${figures.missingAfterTakeover} |
| of all, lost                                | ${figures.missingAtEnd} |
${tables.map((name) => `| CHECKSUM TABLE ${name}: db2, standby | ${figures.source[name]}, ${figures.standby[name]} |`).join('\n')}
`);
const isEqual = tables.every((name) => figures.source[name] === figures.standby[name]);
const isWhole = figures.missingAfterTakeover + figures.missingAtEnd === 0;
console.log(isEqual && isWhole ? 'Nothing acknowledged was lost; the tables are equal.' : 'SOMETHING IS WRONG.');
process.exit(isEqual && isWhole ? 0 : 1);
