import type { EngineUnderTest } from './engine_under_test.ts';
import { REAL_ENGINE } from './real_engine.ts';
import type { Happening } from './recorder.ts';
import { runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';

/**
 * The last happenings of a run, oldest first, at most `count` of those that `isWanted` picks. It lets the scenario happen
 * once more, to its end or failure: a run is the same every time, and keeping what happens would make all runs slower
 * for the sake of the few that fail.
 */
export function lastHappenings(
  scenario: Scenario,
  count: number,
  isWanted: (happening: Happening) => boolean = () => true,
  engine: EngineUnderTest = REAL_ENGINE,
): Happening[] {
  const kept: Happening[] = [];
  let position = 0;
  const onHappening = (happening: Happening): void => {
    if (isWanted(happening)) kept[position++ % count] = happening;
  };
  runScenario(scenario, { engine, onHappening });
  if (position <= count) return kept;
  const start = position % count;
  return [...kept.slice(start), ...kept.slice(0, start)];
}
