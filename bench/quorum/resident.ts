import fs from 'node:fs';
import type { TestCluster, TestReplica } from '../../server/testing/cluster.ts';

/** The memory a process holds at the moment, in bytes. */
export function residentBytes({ pid }: TestReplica): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return Number(found) * 1_024;
}

/** What the processors have done for all replicas so far, in microseconds. */
export function processorMicros(cluster: TestCluster): number {
  return cluster.replicas.reduce((sum, { pid }) => {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
  }, 0);
}

/** Linux counts in hundredths of a second. */
const MICROS_PER_TICK = 10_000;
