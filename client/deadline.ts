/** Time allowed for a call, in milliseconds; or, when `restart` is called on every success, without progress. */
export class Deadline {
  readonly allowedMs: number;
  readonly #now: () => number;
  #startedMs: number;

  constructor(allowedMs: number, now: () => number = () => performance.now()) {
    this.allowedMs = allowedMs;
    this.#now = now;
    this.#startedMs = now();
  }

  /** Progress was made: all the time is allowed again. */
  restart(): void {
    this.#startedMs = this.#now();
  }

  /** Not negative. */
  get leftMs(): number {
    return Math.max(0, this.#startedMs + this.allowedMs - this.#now());
  }
}
