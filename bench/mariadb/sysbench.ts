import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MariaDbServer, PROMISING_SETTINGS } from '../../mariadb/testing/mariadb_server.ts';
import { MariaDbRig } from '../../server/cli/mariadb/testing/rig.ts';
import { freePorts } from '../../server/testing/ports.ts';
import { waitFor } from '../../server/testing/wait.ts';

/** One run of sysbench's oltp_write_only. */
export interface Run {
  readonly transactionsPerSecond: number;
  readonly p95Ms: number;
}

export interface SysbenchFigures {
  readonly threads: number;
  /** The runs of each system, in the order of the rounds. */
  readonly runs: Readonly<Record<SystemName, readonly Run[]>>;
}

const SYSTEMS = ['standalone', 'semi-sync, one replica', 'semi-sync, sync_relay_log=1', 'safekeepers'] as const;
export type SystemName = (typeof SYSTEMS)[number];

const THREADS = [1, 8, 32];
const ROUNDS = 3;
const RUN_SECONDS = 8;
const TABLES = ['--tables=4', '--table-size=10000'];
const DRAIN_MS = 120_000;

/** As with safekeepers, but commits wait for nobody. */
const STANDALONE = PROMISING_SETTINGS.filter((setting) => !setting.startsWith('--rpl-semi-sync'));

/**
 * sysbench's oltp_write_only against a server alone, with one semi-synchronous replica (which by default has a transaction in
 * memory when it acknowledges), with one that syncs it, and with three safekeepers; interleaved. Every server syncs its own log.
 */
export async function measureSysbench(say: (line: string) => void): Promise<readonly SysbenchFigures[]> {
  const rig = await MariaDbRig.start();
  const servers: MariaDbServer[] = [];
  const create = async (serverId: number, settings: readonly string[]): Promise<MariaDbServer> => {
    const [port = 0] = await freePorts(1);
    const server = await MariaDbServer.create({ port, serverId, settings });
    servers.push(server);
    return server;
  };
  const replicated = async (serverId: number, more: readonly string[]): Promise<MariaDbServer> => {
    const primary = await create(serverId, PROMISING_SETTINGS);
    await primary.createReplicationUser('replica', 'replica');
    const replica = await create(serverId + 1, ['--rpl-semi-sync-slave-enabled=ON', ...more]);
    await replica.query(
      `CHANGE MASTER TO master_host='127.0.0.1', master_port=${primary.port}, master_user='replica', master_password='replica', master_use_gtid=slave_pos; START SLAVE`,
    );
    return primary;
  };
  try {
    const ours = await rig.server(1);
    const connector = await rig.connector(ours);
    connector.start();
    await connector.attached();
    const systems: Readonly<Record<SystemName, MariaDbServer>> = {
      standalone: await create(10, STANDALONE),
      'semi-sync, one replica': await replicated(20, []),
      'semi-sync, sync_relay_log=1': await replicated(30, ['--sync-relay-log=1']),
      safekeepers: ours,
    };
    for (const name of SYSTEMS) {
      await systems[name].query('CREATE DATABASE sbtest');
      await sysbench(systems[name], ['--threads=4'], 'prepare');
    }
    const figures: SysbenchFigures[] = [];
    for (const threads of THREADS) {
      const runs: Record<SystemName, Run[]> = {
        standalone: [],
        'semi-sync, one replica': [],
        'semi-sync, sync_relay_log=1': [],
        safekeepers: [],
      };
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of SYSTEMS) {
          const run = parse(await sysbench(systems[name], [`--threads=${threads}`, `--time=${RUN_SECONDS}`], 'run'));
          runs[name].push(run);
          say(`${threads} threads, round ${round + 1}, ${name}: ${run.transactionsPerSecond} tps, p95 ${run.p95Ms} ms`);
        }
      }
      figures.push({ threads, runs });
    }
    // What was measured is stored: the quorum has the server's last transaction, and none was let go before.
    await waitFor(
      'everything to be stored',
      async () =>
        (await connector.status())?.acknowledgedGtid === (await ours.value('SELECT @@global.gtid_binlog_pos'))
          ? true
          : undefined,
      DRAIN_MS,
    );
    const escaped = (await connector.status())?.server.escapedCommits;
    if (escaped !== 0) throw new Error(`${escaped} commits returned before the quorum had them`);
    return figures;
  } finally {
    await Promise.all(servers.map((server) => server.destroy()));
    await rig.close();
  }
}

async function sysbench(server: MariaDbServer, options: readonly string[], command: string): Promise<string> {
  const connection = [
    '--db-driver=mysql',
    '--mysql-host=127.0.0.1',
    `--mysql-port=${server.port}`,
    '--mysql-user=bench',
  ];
  await server.query("SET sql_log_bin=0; CREATE USER IF NOT EXISTS 'bench'@'%'; GRANT ALL ON *.* TO 'bench'@'%'");
  const { stdout } = await promisify(execFile)('sysbench', [
    'oltp_write_only',
    ...connection,
    ...TABLES,
    ...options,
    command,
  ]);
  return stdout;
}

/** @throws Error when it is no report of sysbench. */
function parse(report: string): Run {
  const tps = /transactions:\s+\d+\s+\(([\d.]+) per sec/.exec(report)?.[1];
  const p95 = /95th percentile:\s+([\d.]+)/.exec(report)?.[1];
  if (tps === undefined || p95 === undefined) throw new Error(`No report of sysbench: ${report}`);
  return { transactionsPerSecond: Number(tps), p95Ms: Number(p95) };
}
