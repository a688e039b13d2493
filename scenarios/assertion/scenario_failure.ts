import type { RunResult, Scenario } from '../../sim/index.ts';

/** A scenario in which a property broke. The message tells which, what led there, and how to replay it. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
  // Private, so that whoever prints the error prints its message, and not thousands of happenings.
  readonly #scenario: Scenario;
  readonly #result: RunResult;

  constructor(message: string, scenario: Scenario, result: RunResult) {
    const error = result.violation?.error;
    super(message, error === undefined ? {} : { cause: error });
    this.#scenario = scenario;
    this.#result = result;
  }

  get scenario(): Scenario {
    return this.#scenario;
  }

  get result(): RunResult {
    return this.#result;
  }

  /** Which property broke. */
  get property(): string {
    return this.#result.violation?.property ?? '';
  }
}
