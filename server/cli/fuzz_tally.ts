import { addMarks, type Mark, type MarkCounts, MARKS } from '../../sim/index.ts';
import type { FuzzFailure, FuzzOutcome } from './fuzz_work.ts';

export interface FailedSeed extends FuzzFailure {
  readonly seed: number;
}

/** What came of a campaign so far. */
export class Tally {
  seeds = 0;
  virtualMs = 0;
  events = 0;
  marks: MarkCounts = {};
  private readonly failed: FailedSeed[] = [];

  add({ seed, failure, virtualMs, events, marks }: FuzzOutcome): void {
    this.seeds += 1;
    this.virtualMs += virtualMs;
    this.events += events;
    this.marks = addMarks(this.marks, marks);
    if (failure !== undefined) this.failed.push({ seed, ...failure });
  }

  /** The lowest seed first. */
  get failures(): readonly FailedSeed[] {
    return [...this.failed].sort((one, other) => one.seed - other.seed);
  }

  get marksNeverReached(): readonly Mark[] {
    return MARKS.filter((mark) => this.marks[mark] === undefined);
  }

  /** For each property that broke the lowest seed that broke it. */
  get failureOfEachProperty(): readonly FailedSeed[] {
    const { failures } = this;
    return failures.filter(
      ({ property }, index) => failures.findIndex((other) => other.property === property) === index,
    );
  }
}
