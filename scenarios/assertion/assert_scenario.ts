import {
  createFilter,
  lastHappenings,
  narrate,
  REAL_ENGINE,
  type RunOptions,
  runScenario,
  type Scenario,
} from '../../sim/index.ts';
import { replayCommand } from './replay_command.ts';
import { ScenarioFailure } from './scenario_failure.ts';

/** How much of what led to a failure is told. */
const LAST_HAPPENINGS = 40;

/**
 * Runs a scenario and checks every property the simulator knows.
 *
 * @throws ScenarioFailure when one breaks. Its message tells which, the last things that happened before, and, in its
 * last line, the command that replays it.
 */
export function assertScenario(scenario: Scenario, options: RunOptions = {}): void {
  const result = runScenario(scenario, options);
  const { violation, virtualMs } = result;
  if (violation === undefined) return;
  const message = [
    `${violation.property}: ${violation.sentence}`,
    `Seed ${scenario.seed}, after ${(virtualMs / 1_000).toFixed(3)} s of virtual time, ${scenario.faults.length} faults. What happened last:`,
    ...lastOf(scenario, options),
    'Replay it:',
    replayCommand(scenario),
  ];
  throw new ScenarioFailure(message.join('\n'), scenario, result);
}

function lastOf(scenario: Scenario, { engine = REAL_ENGINE }: RunOptions): string[] {
  const { describeMessage } = engine;
  const isTold = createFilter('protocol', describeMessage);
  return lastHappenings(scenario, LAST_HAPPENINGS, isTold, engine).map((happening) =>
    narrate(happening, describeMessage),
  );
}
