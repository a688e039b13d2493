import type { Scenario } from '../../sim/index.ts';
import type { Note, ScenarioBuilder } from '../builder/index.ts';

/** A scenario that teaches something, and what is to be said of it. */
export interface NamedScenario {
  /** Its file's name, and its transcript's. */
  readonly name: string;
  readonly title: string;
  /** Where the situation is described: a dissertation, a paper, an incident. */
  readonly source: string;
  /** What the reader will see, and why it matters. */
  readonly explanation: string;
  readonly scenario: Scenario;
  readonly notes: readonly Note[];
}

export function story(
  told: Omit<NamedScenario, 'scenario' | 'notes'> & { readonly happens: ScenarioBuilder },
): NamedScenario {
  const { happens, ...about } = told;
  return { ...about, scenario: happens.build(), notes: happens.notes };
}
