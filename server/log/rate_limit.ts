/** Lets the first of each kind through, then one per interval, so that a fault that repeats does not fill the log. */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #nowMs: () => number;
  readonly #passed = new Map<string, number>();

  constructor(intervalMs: number, nowMs: () => number = () => performance.now()) {
    this.#intervalMs = intervalMs;
    this.#nowMs = nowMs;
  }

  /** Whether something of this kind may pass now. Kinds are few: at most 1,000 are remembered. */
  passes(kind: string): boolean {
    const now = this.#nowMs();
    const last = this.#passed.get(kind);
    if (last !== undefined && now - last < this.#intervalMs) return false;
    if (this.#passed.size >= 1_000) this.#passed.clear();
    this.#passed.set(kind, now);
    return true;
  }
}
