import { type RunResult, runScenario, type Scenario } from '../../sim/index.ts';

/** How a run failed. */
export interface Failure {
  /** Which property broke. */
  readonly property: string;
  readonly sentence: string;
  /** When, in milliseconds of virtual time. */
  readonly atMs: number;
}

/** Undefined when nothing broke. */
export function failureOf({ violation, virtualMs }: Pick<RunResult, 'violation' | 'virtualMs'>): Failure | undefined {
  if (violation === undefined) return undefined;
  return { property: violation.property, sentence: violation.sentence, atMs: virtualMs };
}

/** Runs the scenario against the real engine. */
export function failureOfScenario(scenario: Scenario): Failure | undefined {
  return failureOf(runScenario(scenario));
}

/**
 * Whether two runs failed the same way: the same property broke. What an engine throws has no property of its own, so
 * there the sentences must agree but for their numbers.
 */
export function isSameFailure(one: Failure, other: Failure): boolean {
  if (one.property !== other.property) return false;
  return one.property !== 'engine error' || withoutNumbers(one.sentence) === withoutNumbers(other.sentence);
}

function withoutNumbers(sentence: string): string {
  return sentence.replace(/\d+/g, '');
}
