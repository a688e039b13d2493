import { type MarkCounts, runScenario, scenarioFromSeed } from '../../sim/index.ts';
import { overridesOf, type SimulationOptions } from './sim_options.ts';

/** One seed to run, as it is sent to another process. */
export interface FuzzTask extends Pick<SimulationOptions, 'replicas' | 'durationMs' | 'mode'> {
  readonly seed: number;
}

/** What came of it. */
export interface FuzzOutcome {
  readonly seed: number;
  readonly failure: FuzzFailure | undefined;
  readonly virtualMs: number;
  readonly events: number;
  readonly marks: MarkCounts;
}

export interface FuzzFailure {
  readonly property: string;
  readonly sentence: string;
  /** The process ended before the run did, or had to be ended: running it here would end this one too. */
  readonly isDeadly?: true;
}

export function runTask(task: FuzzTask): FuzzOutcome {
  const { seed, violation, virtualMs, events, marks } = runScenario(scenarioFromSeed(task.seed, overridesOf(task)));
  const failure = violation === undefined ? undefined : { property: violation.property, sentence: violation.sentence };
  return { seed, failure, virtualMs, events, marks };
}

/** The outcome of a run that nobody saw the end of. */
export function deadlyOutcome(task: FuzzTask, property: string, sentence: string): FuzzOutcome {
  return { seed: task.seed, failure: { property, sentence, isDeadly: true }, virtualMs: 0, events: 0, marks: {} };
}
