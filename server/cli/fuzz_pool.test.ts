import { describe, expect, it } from 'vitest';
import { runTasks } from './fuzz_pool.ts';
import type { FuzzOutcome, FuzzTask } from './fuzz_work.ts';

const task = (seed: number, replicas = 3): FuzzTask => ({ seed, replicas, durationMs: 1_000, mode: undefined });

describe('runTasks', () => {
  it('takes a worker that dies for a failure of its seed, and goes on with another', async () => {
    // No process can hold so many replicas: the second task ends its worker.
    const tasks = [task(1), task(2, 2 ** 40), task(3), task(4)];
    const outcomes: FuzzOutcome[] = [];
    await runTasks(
      2,
      () => tasks.shift(),
      (outcome) => outcomes.push(outcome),
    );
    const bySeed = outcomes.sort((one, other) => one.seed - other.seed);
    expect(bySeed.map(({ seed, failure }) => [seed, failure?.property, failure?.isDeadly])).toEqual([
      [1, undefined, undefined],
      [2, 'end of the process', true],
      [3, undefined, undefined],
      [4, undefined, undefined],
    ]);
    expect(bySeed[1]?.failure?.sentence).toBe('The process that ran it ended (status 1).');
  }, 60_000);

  it('runs everything in this process with one worker', async () => {
    const tasks = [task(1), task(2)];
    const seeds: number[] = [];
    await runTasks(
      1,
      () => tasks.shift(),
      ({ seed }) => seeds.push(seed),
    );
    expect(seeds).toEqual([1, 2]);
  });
});
