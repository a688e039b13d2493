import { setTimeout as delay } from 'node:timers/promises';
import type { TlsOptions } from '../../client/index.ts';
import { type FlagValues, parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';
import { CLUSTER_FLAGS, planReplicas } from './cluster_plan.ts';
import { readClientTls } from './tls_flags.ts';
import { ReplicaProcess } from './replica_process.ts';
import { Asker } from './replica_report.ts';

/** How long the replicas may take to found themselves and elect before the wait is explained. */
const PATIENCE_MS = 15_000;
/** How long one may take to say how it is. */
const ANSWER_MS = 1_000;

type ClusterValues = FlagValues<typeof CLUSTER_FLAGS>;

/**
 * `safekeeper cluster`: replicas on this machine as processes of their own, until Ctrl-C. Resolves with the exit status:
 * 0 after Ctrl-C, 1 when they could not start or have all ended.
 */
export async function runClusterCommand(args: readonly string[]): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(CLUSTER_FLAGS, args, process.env);
  if (helpWanted) {
    process.stdout.write(
      `Runs a cluster on this machine, to try things out; Ctrl-C stops it.\n\n${describeFlags(CLUSTER_FLAGS)}\n`,
    );
    return 0;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. See safekeeper help cluster.`);
  const tls = readClientTls(values);
  const plans = planReplicas(values);
  const processes = plans.map((plan) => new ReplicaProcess(plan));

  let stopping = false;
  const stop = (): void => {
    say(stopping ? 'Killing the replicas.' : 'Stopping the replicas …');
    for (const one of processes) one.signal(stopping ? 'SIGKILL' : 'SIGTERM');
    stopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  const ready = new AbortController();
  let failed = false;
  const ends = processes.map(async (one) => {
    const how = await one.ended;
    if (stopping) return;
    if (ready.signal.aborted) {
      say(`${one.plan.replicaId} has ended: ${how}. The others go on while they are a quorum. To bring it back:`);
      say(`  ${one.plan.commandLine}`);
      return;
    }
    say(`${one.plan.replicaId} could not start: ${how}. Its last lines above say why.`);
    failed = true;
    ready.abort();
    stop();
  });
  await introduce(processes, values, tls, ready);
  await Promise.all(ends);
  if (stopping && !failed) say('All replicas have stopped; their data is kept.');
  else if (!failed) say('No replica is left.');
  return stopping && !failed ? 0 : 1;
}

/** Waits for a leader, and says what can be done with it. */
async function introduce(
  processes: readonly ReplicaProcess[],
  values: ClusterValues,
  tls: TlsOptions,
  ready: AbortController,
): Promise<void> {
  let explained = false;
  const begun = performance.now();
  const key = values['api-key'] ?? values['auth-tokens']?.[0];
  const asker = new Asker({ key, timeoutMs: ANSWER_MS, tls });
  ready.signal.addEventListener('abort', () => void asker.close());
  while (!ready.signal.aborted) {
    const states = await Promise.all(processes.map(({ plan }) => asker.ask(plan.url)));
    const leader = processes.find((_, place) => states[place]?.state === 'leader');
    if (leader !== undefined && states.every(({ state }) => state !== undefined)) {
      const latest = states.reduce((most, { latestLsn = 0n }) => (latestLsn > most ? latestLsn : most), 0n);
      ready.abort();
      describe(processes, leader, latest + 1000n, values);
      return;
    }
    if (!explained && performance.now() - begun > PATIENCE_MS) {
      explained = true;
      say('Still without a leader. What the replicas say above tells why.');
    }
    await delay(100);
  }
}

function describe(
  processes: readonly ReplicaProcess[],
  leader: ReplicaProcess,
  lsn: bigint,
  values: ClusterValues,
): void {
  const key = values['api-key'] === undefined ? '' : ' -H "X-API-Key: $SAFEKEEPER_API_KEY"';
  const { replicaId, url, dataRoot } = leader.plan;
  const first = processes[0]?.plan.url ?? url;
  say('');
  say(`${replicaId} leads, at ${url} (process ${leader.pid ?? 'unknown'}). Data is kept below ${dataRoot}.`);
  say('Write a record, to any replica, and read it back:');
  say('');
  say(
    `  curl${key} -H 'Content-Type: application/json' ${first}/api/v1/stream_wal -d '{"lsn":${lsn},"wal_data":"aGVsbG8="}'`,
  );
  say(`  curl${values['auth-reads'] === true ? key : ''} '${first}/api/v1/get_wal?lsn=${lsn}'`);
  say('');
  say('Ctrl-C stops all of them.');
  say('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
