import { runScenario } from '../../sim/index.ts';
import { median } from '../median.ts';
import { stopwatch } from '../stopwatch.ts';
import { busyScenario } from './busy_scenario.ts';

/** Their speeds differ tenfold, by what was drawn. */
const SEEDS = 60;
/** Before them others run: a campaign has thousands, and its first ones are slow until everything is compiled. */
const WARM_UP_SEEDS = 15;

export interface SimulatorFigures {
  /** Virtual seconds for each real one, on one core: of all seeds together, and of the median seed. */
  readonly timesRealTime: number;
  readonly medianSeed: number;
  readonly slowestSeed: number;
  /** Events that engines took, for each real second. */
  readonly eventsPerSecond: number;
  /** The same as `timesRealTime` for each second of the processor's work. */
  readonly timesProcessorTime: number;
}

/** The simulator with all its faults and all its checkers. */
export function measureSimulator(): SimulatorFigures {
  for (let seed = SEEDS + 1; seed <= SEEDS + WARM_UP_SEEDS; seed++) runScenario(busyScenario(seed));
  let virtualSeconds = 0;
  let realSeconds = 0;
  let processorSeconds = 0;
  let events = 0;
  const ratios: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const stop = stopwatch();
    const result = runScenario(busyScenario(seed));
    const took = stop();
    if (result.verdict !== 'ok') throw new Error(`seed ${seed} failed: ${result.violation?.sentence}`);
    virtualSeconds += result.virtualMs / 1_000;
    realSeconds += took.seconds;
    processorSeconds += took.processorSeconds;
    events += result.events;
    ratios.push(result.virtualMs / 1_000 / took.seconds);
  }
  return {
    timesRealTime: virtualSeconds / realSeconds,
    medianSeed: median(ratios),
    slowestSeed: Math.min(...ratios),
    eventsPerSecond: events / realSeconds,
    timesProcessorTime: virtualSeconds / processorSeconds,
  };
}
