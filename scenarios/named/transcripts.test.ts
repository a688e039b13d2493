import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../../sim/index.ts';
import { formatScenario } from '../file/format_scenario.ts';
import { readScenario } from '../file/read_scenario.ts';
import { NAMED_SCENARIOS, writeTranscript } from './index.ts';

const FOLDER = new URL('transcripts/', import.meta.url);
const HINT =
  'Is the new transcript true, and good to read? `make transcripts` rewrites all of them (docs/scenarios.md).';

/** The same on every machine and version of Node, so these files also prove that runs are deterministic. */
describe('named scenarios', () => {
  it.each(NAMED_SCENARIOS)('$name reads as it did', async (named) => {
    try {
      await expect(writeTranscript(named)).toMatchFileSnapshot(new URL(`${named.name}.txt`, FOLDER).pathname);
    } catch (error) {
      if (error instanceof Error) error.message = `${error.message}\n${HINT}`;
      throw error;
    }
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
