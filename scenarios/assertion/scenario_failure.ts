import type { RunResult, Scenario } from '../../sim/index.ts';

/** A scenario in which a property broke. The message tells which, what led there, and how to replay it. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
  readonly scenario: Scenario;
  readonly result: RunResult;
  /** Which property broke. */
  readonly property: string;

  constructor(message: string, scenario: Scenario, result: RunResult) {
    super(message, { cause: result.violation?.error });
    this.scenario = scenario;
    this.result = result;
    this.property = result.violation?.property ?? '';
  }
}
