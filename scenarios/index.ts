/**
 * Scenarios for your own tests: write them (`scenario().at(1_000).crash(leader)…`), read them (`NAMED_SCENARIOS`, a
 * course in the protocol; `transcribe`), draw them (`scenarioArbitrary`), check them (`assertScenario`), shrink what fails
 * (`shrinkScenario`), keep it as a file (`formatScenario`, `readScenario`). And the mistakes that the simulator must find.
 */
export { faultArbitrary, type FaultArbitraryOptions } from './arbitraries/fault_arbitrary.ts';
export { scenarioArbitrary, type ScenarioArbitraryOptions } from './arbitraries/scenario_arbitrary.ts';
export { scheduleArbitrary, type ScheduleArbitraryOptions } from './arbitraries/schedule_arbitrary.ts';
export { assertScenario } from './assertion/assert_scenario.ts';
export { replayCommand } from './assertion/replay_command.ts';
export { ScenarioFailure } from './assertion/scenario_failure.ts';
export {
  candidate,
  follower,
  leader,
  type Note,
  replica,
  scenario,
  type ScenarioBuilder,
  whoeverDidIt,
} from './builder/index.ts';
export { formatScenario } from './file/format_scenario.ts';
export { readScenario } from './file/read_scenario.ts';
export { NAMED_SCENARIOS, type NamedScenario, story, writeTranscript } from './named/index.ts';
export { PLANTED_MISTAKES, type PlantedMistake } from './planted/index.ts';
export { ScenarioProblem } from './shape/problem.ts';
export { type Failure, failureOfScenario, isSameFailure } from './shrink/failure.ts';
export { type ShrinkOptions, shrinkScenario, type Shrunk } from './shrink/shrink_scenario.ts';
export { transcribe } from './transcript/transcribe.ts';
