const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * How long to wait before try number `attempt` (1 is the first repetition), in milliseconds: doubling from 50 ms to a
 * second, of which a random half, so that clients that failed together do not come back together.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return full / 2 + (full / 2) * random();
}

/** Waits; ends early, without throwing, when `signal` fires. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
