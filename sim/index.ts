/** The simulator: `runScenario(scenarioFromSeed(42))`. Runs in a browser too. */
export type { EngineNode, EngineUnderTest, MessageFacts } from './engine_under_test.ts';
export type { ScriptedAsk, ScriptedRequest } from './clients/script.ts';
export type { FileArea } from './disk/area.ts';
export type { DiskParameters } from './disk/parameters.ts';
export { type Cost, FAULT_FACTS, type FaultFacts } from './faults/budget.ts';
export type { Cut } from './faults/cut.ts';
export type { Fault, MessageType, ScheduledFault } from './faults/fault.ts';
export type { Target } from './faults/target.ts';
export type { Trigger } from './faults/trigger.ts';
export { scenarioFromSeed, type ScenarioOverrides } from './generate.ts';
export { lastHappenings } from './last_happenings.ts';
export { livenessBoundsOf } from './liveness_bounds.ts';
export { addMarks, type Mark, type MarkCounts, MARKS } from './marks.ts';
export { createFilter, type Detail, isInteresting } from './narrate/detail.ts';
export { describeMessageFacts } from './narrate/messages.ts';
export { describeObservation } from './narrate/observations.ts';
export { describeAnswer, describeRequest } from './narrate/requests.ts';
export { hostOf, narrate, sentenceOf } from './narrate/narrate.ts';
export { REAL_ENGINE } from './real_engine.ts';
export type { Happening } from './recorder.ts';
export { type RunOptions, type RunResult, type RunStatistics, type RunViolation, runScenario } from './run.ts';
export {
  type ClusterParameters,
  healAtMsOf,
  type LivenessBounds,
  replicaName,
  replicaUrl,
  type Scenario,
} from './scenario.ts';
export { Violation } from './violation.ts';
