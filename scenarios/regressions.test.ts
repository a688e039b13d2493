import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../sim/index.ts';
import { readScenario } from './file/read_scenario.ts';

const FOLDER = new URL('regressions/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** Scenarios that once failed, as files: a seed means something else whenever the generator changes. */
describe('regressions', () => {
  it('have their story told', () => {
    const told = readFileSync(new URL('README.md', FOLDER), 'utf8');
    expect(files.filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
  });

  it.each(files)(
    '%s',
    (name) => {
      const { violation } = runScenario(readScenario(readFileSync(new URL(name, FOLDER), 'utf8')));
      if (violation !== undefined) {
        expect.fail(`${violation.property}: ${violation.sentence}\nmake replay FILE=scenarios/regressions/${name}`);
      }
    },
    60_000,
  );
});
