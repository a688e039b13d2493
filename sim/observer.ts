import type { ProcessWatcher } from './process/replica.ts';

/** Who watches a run: recorder, marks and checkers. Watching changes nothing; a checker throws a `Violation`. */
export interface Observer extends Partial<ProcessWatcher> {
  /** Something was done to the world. */
  fault?(sentence: string): void;
}
