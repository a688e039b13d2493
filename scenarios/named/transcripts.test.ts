import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../../sim/index.ts';
import { formatScenario } from '../file/format_scenario.ts';
import { readScenario } from '../file/read_scenario.ts';
import { NAMED_SCENARIOS, writeTranscript } from './index.ts';

const FOLDER = new URL('transcripts/', import.meta.url);

/** The same on every machine and version of Node, so these files also prove that runs are deterministic. */
describe('named scenarios', () => {
  it.each(NAMED_SCENARIOS)('$name reads as it did', async (named) => {
    const file = new URL(`${named.name}.txt`, FOLDER);
    const hint =
      'the transcript has changed. Is it still true, and still good to read? `make transcripts` rewrites all';
    await expect(writeTranscript(named), hint).toMatchFileSnapshot(file.pathname);
  });

  it.each(NAMED_SCENARIOS)('$name passes all checkers, and makes a scenario file', ({ scenario }) => {
    const { violation, hash, marks } = runScenario(scenario);
    expect(violation).toBeUndefined();
    expect(marks['leader elected']).toBeGreaterThan(0);
    const copy = JSON.parse(JSON.stringify(scenario)) as Scenario;
    expect(copy).toStrictEqual(scenario);
    expect(runScenario(copy).hash).toBe(hash);
    expect(readScenario(formatScenario(scenario))).toStrictEqual(scenario);
  });
});
