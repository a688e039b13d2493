import { runScenario } from '../../sim/index.ts';
import { median } from '../median.ts';
import { busyScenario } from './busy_scenario.ts';

const SEEDS = 20;
/** The first seeds run once more: the first time they warm up. */
const WARM_UP_SEEDS = 2;

export interface SimulatorFigures {
  /** Virtual seconds for each real one, on one core: of all seeds together, and of the median seed. */
  readonly timesRealTime: number;
  readonly medianSeed: number;
  readonly slowestSeed: number;
  /** Events that engines took, for each real second. */
  readonly eventsPerSecond: number;
}

/** The simulator with all its faults and all its checkers. */
export function measureSimulator(): SimulatorFigures {
  for (let seed = 1; seed <= WARM_UP_SEEDS; seed++) runScenario(busyScenario(seed));
  let virtualMs = 0;
  let realMs = 0;
  let events = 0;
  const ratios: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const startMs = performance.now();
    const result = runScenario(busyScenario(seed));
    const tookMs = performance.now() - startMs;
    if (result.verdict !== 'ok') throw new Error(`seed ${seed} failed: ${result.violation?.sentence}`);
    virtualMs += result.virtualMs;
    realMs += tookMs;
    events += result.events;
    ratios.push(result.virtualMs / tookMs);
  }
  return {
    timesRealTime: virtualMs / realMs,
    medianSeed: median(ratios),
    slowestSeed: Math.min(...ratios),
    eventsPerSecond: (events / realMs) * 1_000,
  };
}
