import { expect } from 'vitest';
import { runScenario, scenarioFromSeed } from '../../sim/index.ts';

const DURATION_MS = 12_000;

/** Runs seeds `from`, `from + step` … below `end`, and fails with the line that replays the first one that breaks. */
export function expectSeedsToPass(from: number, end: number, step: number): void {
  for (let seed = from; seed < end; seed += step) {
    const { violation } = runScenario(scenarioFromSeed(seed, { durationMs: DURATION_MS }));
    if (violation === undefined) continue;
    const replay = `make replay SEED=${seed} DURATION=${DURATION_MS / 1_000}s`;
    expect.fail(`${violation.property}: ${violation.sentence}\n${replay}`);
  }
}
