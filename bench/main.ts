import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { requestsChart } from './chart.ts';
import { measureEngine } from './engine/fixed_workload.ts';
import { measureSysbench } from './mariadb/sysbench.ts';
import { EtcdCluster } from './quorum/etcd.ts';
import { measureFailOver } from './quorum/fail_over.ts';
import { measureFollowers } from './quorum/followers.ts';
import { measureGrowth } from './quorum/growth.ts';
import { measureRequests } from './quorum/requests.ts';
import { measureSizes } from './quorum/sizes.ts';
import { measureStreams } from './quorum/streams.ts';
import {
  engineRows,
  failOverRows,
  followerRows,
  growthRows,
  requestRows,
  sizeRows,
  streamRows,
  sysbenchRows,
} from './rows.ts';
import { simulatorRows } from './rows.ts';
import { measureSimulator } from './simulator/speed.ts';
import { type Row, table } from './table.ts';

type Say = (line: string) => void;

/** What can be measured, and how it is told. */
const TARGETS = {
  engine: target(() => measureEngine(), engineRows),
  simulator: target(() => measureSimulator(), simulatorRows),
  requests: target(measureRequests, requestRows),
  streams: target(measureStreams, streamRows),
  followers: target(measureFollowers, followerRows),
  failover: target(measureFailOver, failOverRows),
  growth: target(measureGrowth, growthRows),
  sizes: target(measureSizes, sizeRows),
  sysbench: target(measureSysbench, sysbenchRows),
};
type Name = keyof typeof TARGETS;

const WITH_ETCD: ReadonlySet<Name> = new Set(['requests', 'streams']);
const OUT = path.join('bench', 'out');

function target<Figures>(
  measure: (say: Say) => Figures | Promise<Figures>,
  rows: (figures: Figures) => readonly Row[],
) {
  return async (say: Say): Promise<{ readonly figures: Figures; readonly rows: readonly Row[] }> => {
    const figures = await measure(say);
    return { figures, rows: rows(figures) };
  };
}

/** `make bench`: measures what it is asked for, else everything; figures go to bench/out as JSON, and a chart. */
async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => !(name in TARGETS));
  if (unknown !== undefined) {
    console.error(`BENCH=${unknown} is not known: choose of ${Object.keys(TARGETS).join(', ')}.`);
    process.exit(2);
  }
  const names = (wanted.length === 0 ? Object.keys(TARGETS) : wanted) as Name[];
  const peer = names.some((name) => WITH_ETCD.has(name)) ? EtcdCluster.describe() : undefined;
  const machine = `Node ${process.version}, ${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? 'unknown'}`;
  console.log(`${machine}${peer === undefined ? '' : `; beside ${peer}`}\n`);
  fs.mkdirSync(OUT, { recursive: true });
  const result: Record<string, unknown> = { machine, peer };
  for (const name of names) {
    const { figures, rows } = await TARGETS[name]((line) => console.error(line));
    result[name] = figures;
    console.log(`${table(rows)}\n`);
  }
  const requests = result['requests'] as Parameters<typeof requestsChart>[0] | undefined;
  if (requests !== undefined) fs.writeFileSync(path.join(OUT, 'requests.svg'), requestsChart(requests, peer ?? ''));
  fs.writeFileSync(path.join(OUT, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(JSON.stringify(result));
}

await main(process.argv.slice(2));
process.exit(0);
