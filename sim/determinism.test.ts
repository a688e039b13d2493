import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runScenario, scenarioFromSeed } from './index.ts';

const run = promisify(execFile);
const TOP = fileURLToPath(new URL('..', import.meta.url));
const SEED = 5;
const DURATION_MS = 10_000;

/** The hash of the seed, from a process of its own. */
async function hashElsewhere(): Promise<string> {
  const script = `import('./sim/index.ts').then(({ runScenario, scenarioFromSeed }) =>
    console.log(runScenario(scenarioFromSeed(${SEED}, { durationMs: ${DURATION_MS} })).hash))`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--eval', script], { cwd: TOP });
  return stdout.trim();
}

describe('determinism', () => {
  it('gives one seed one hash, here and in other processes', async () => {
    const scenario = scenarioFromSeed(SEED, { durationMs: DURATION_MS });
    const one = runScenario(scenario);
    const again = runScenario(JSON.parse(JSON.stringify(scenario)) as typeof scenario);
    expect(again.hash).toBe(one.hash);
    expect(again.events).toBe(one.events);
    expect(await Promise.all([hashElsewhere(), hashElsewhere()])).toEqual([one.hash, one.hash]);
  }, 60_000);

  it('gives other seeds other hashes', () => {
    const hashes = [1, 2, 3, 4].map((seed) => runScenario(scenarioFromSeed(seed, { durationMs: 1_000 })).hash);
    expect(new Set(hashes).size).toBe(4);
  });
});
