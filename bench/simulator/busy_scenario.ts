import type { Scenario } from '../../sim/index.ts';
import { scenarioFromSeed } from '../../sim/index.ts';

const REPLICAS = 5;
const RECORDS_PER_SECOND = 20;
const DURATION_MS = 60_000;

/** What a seed names, faults and all, but always five replicas and 20 records a virtual second in total. */
export function busyScenario(seed: number): Scenario {
  const scenario = scenarioFromSeed(seed, { replicas: REPLICAS, durationMs: DURATION_MS });
  const { workload } = scenario;
  const recordsPerSecond = RECORDS_PER_SECOND / workload.writers.length;
  return {
    ...scenario,
    workload: { ...workload, writers: workload.writers.map((writer) => ({ ...writer, recordsPerSecond })) },
  };
}
