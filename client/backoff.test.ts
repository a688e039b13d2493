import { describe, expect, it } from 'vitest';
import { backoffMs, sleep } from './backoff.ts';

describe('backoffMs', () => {
  it('doubles up to a second', () => {
    expect([1, 2, 3, 5, 6, 50].map((attempt) => backoffMs(attempt, () => 1))).toEqual([50, 100, 200, 800, 1000, 1000]);
  });

  it('never waits less than half', () => {
    expect([1, 2, 6].map((attempt) => backoffMs(attempt, () => 0))).toEqual([25, 50, 500]);
  });
});

describe('sleep', () => {
  it('ends early when aborted, before or during', async () => {
    await sleep(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const sleeping = sleep(60_000, controller.signal);
    controller.abort();
    await sleeping;
  });
});
