import { type MarkCounts, runScenario, scenarioFromSeed } from '../../sim/index.ts';
import { overridesOf } from './sim_options.ts';

/** One seed to run, as it is sent to another process. */
export interface FuzzTask {
  readonly seed: number;
  readonly replicas: number | undefined;
  readonly durationMs: number;
}

/** What came of it. */
export interface FuzzOutcome {
  readonly seed: number;
  readonly failure: { readonly property: string; readonly sentence: string } | undefined;
  readonly virtualMs: number;
  readonly events: number;
  readonly marks: MarkCounts;
}

export function runTask(task: FuzzTask): FuzzOutcome {
  const { seed, violation, virtualMs, events, marks } = runScenario(scenarioFromSeed(task.seed, overridesOf(task)));
  const failure = violation === undefined ? undefined : { property: violation.property, sentence: violation.sentence };
  return { seed, failure, virtualMs, events, marks };
}
