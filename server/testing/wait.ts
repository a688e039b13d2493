import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until `look` yields something, and returns it. No test sleeps for a time it hopes is enough. */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Value | undefined> | Value | undefined,
  withinMs = 20_000,
): Promise<Value> {
  const begun = performance.now();
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() - begun > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(20);
  }
}
