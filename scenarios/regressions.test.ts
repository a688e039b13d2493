import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../sim/index.ts';

const FOLDER = new URL('regressions/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** Scenarios that once failed, as files: a seed means something else whenever the generator changes. */
describe('regressions', () => {
  it.each(files)('%s', (name) => {
    const scenario = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Scenario;
    const { violation } = runScenario(scenario);
    if (violation !== undefined) {
      expect.fail(
        `${violation.property}: ${violation.sentence}\n./safekeeper sim -scenario scenarios/regressions/${name} -verbose`,
      );
    }
  });
});
