/** One replica's clock as plain data. */
export interface ClockParameters {
  /** What it shows when the run begins, in milliseconds. */
  readonly offsetMs: number;
  /** Parts per million it runs too fast; negative: too slow. */
  readonly driftPpm: number;
  /** It moves in steps of this many milliseconds. 0: continuously. */
  readonly granularityMs: number;
}

/** Below this distance a timer would fire without the time having moved. */
const SHORTEST_WAIT_MS = 0.05;

/** What a node takes for the time: the world's, with an offset, too fast or slow, in coarse steps, set back and forth. */
export class NodeClock {
  private readonly rate: number;
  private readonly granularityMs: number;
  private offsetMs: number;
  private frozenAtMs: number | undefined;

  constructor(parameters: ClockParameters) {
    this.rate = 1 + parameters.driftPpm / 1_000_000;
    this.granularityMs = parameters.granularityMs;
    this.offsetMs = parameters.offsetMs;
  }

  read(worldMs: number): number {
    const exact = this.offsetMs + (this.frozenAtMs ?? worldMs) * this.rate;
    return this.granularityMs === 0 ? exact : Math.floor(exact / this.granularityMs) * this.granularityMs;
  }

  /** Somebody sets the clock. */
  step(byMs: number): void {
    this.offsetMs += byMs;
  }

  /** It stands still from this instant of the world on … */
  freeze(worldMs: number): void {
    this.frozenAtMs ??= worldMs;
  }

  /** … until this one, and goes on from where it stood. */
  thaw(worldMs: number): void {
    if (this.frozenAtMs === undefined) return;
    this.offsetMs -= (worldMs - this.frozenAtMs) * this.rate;
    this.frozenAtMs = undefined;
  }

  get isFrozen(): boolean {
    return this.frozenAtMs !== undefined;
  }

  /** The instant of the world, after `worldMs`, at which this clock will show `deadlineMs` or more. */
  worldTimeOf(deadlineMs: number, worldMs: number): number {
    const { granularityMs } = this;
    const shown = granularityMs === 0 ? deadlineMs : Math.ceil(deadlineMs / granularityMs) * granularityMs;
    return Math.max((shown - this.offsetMs) / this.rate, worldMs + SHORTEST_WAIT_MS);
  }
}
