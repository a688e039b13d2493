import type { Scenario } from '../../sim/index.ts';
import type { Attempt } from '../shape/shape.ts';
import { type Failure, isSameFailure } from './failure.ts';

export interface SearchLimits {
  /** Runs of candidates, at most. */
  readonly runsMax: number;
  /** Asked before each run; true ends the search: for a limit of real time. */
  readonly isOver?: () => boolean;
  /** Told of each candidate that fails the same way. */
  readonly onProgress?: (scenario: Scenario, runs: number) => void;
}

/** The simplest scenario so far that fails the same way, and what was tried to find it. */
export class Search {
  current: Scenario;
  failure: Failure;
  runs = 0;
  private readonly original: Failure;
  private readonly fails: (candidate: Scenario) => Failure | undefined;
  private readonly limits: SearchLimits;
  private currentText: string;
  private readonly tried = new Set<string>();

  constructor(
    scenario: Scenario,
    failure: Failure,
    fails: (candidate: Scenario) => Failure | undefined,
    limits: SearchLimits,
  ) {
    this.current = scenario;
    this.currentText = JSON.stringify(scenario);
    this.failure = failure;
    this.original = failure;
    this.fails = fails;
    this.limits = limits;
  }

  get isOver(): boolean {
    return this.runs >= this.limits.runsMax || this.limits.isOver?.() === true;
  }

  /** Whether the candidate fails the same way. If so, it takes the place of the current scenario. */
  attempt(candidate: Scenario): boolean {
    const text = JSON.stringify(candidate);
    if (text === this.currentText) return true;
    if (this.tried.has(text) || this.isOver) return false;
    this.tried.add(text);
    this.runs += 1;
    const failure = this.fails(candidate);
    if (failure === undefined || !isSameFailure(failure, this.original)) return false;
    this.current = candidate;
    this.currentText = text;
    this.failure = failure;
    this.limits.onProgress?.(candidate, this.runs);
    return true;
  }

  /** Attempts to put other values in the place of one of the current scenario's fields. */
  inPlaceOf<K extends keyof Scenario>(field: K): Attempt<Scenario[K]> {
    return (value) => this.attempt({ ...this.current, [field]: value });
  }
}
