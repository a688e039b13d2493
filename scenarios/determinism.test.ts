import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../sim/index.ts';

/** The hash over every event and effect of a scenario file. */
function hashOf(name: string): string {
  const file = new URL(`regressions/${name}.json`, import.meta.url);
  return runScenario(JSON.parse(readFileSync(file, 'utf8')) as Scenario).hash;
}

/**
 * The same on every machine and version of Node: `.ci/run` runs this on 20 and 24. A change of what the engine does
 * changes the hashes, and `npx vitest run scenarios/determinism -u` writes the new ones: look at why first.
 */
describe('determinism', () => {
  it('pins the hash of scenario files', () => {
    expect(hashOf('held-records-kept-out-their-predecessor')).toMatchInlineSnapshot(
      `"64761dd670e9156ebc0a923398142ed7"`,
    );
    expect(hashOf('open-requests-full-of-held-records')).toMatchInlineSnapshot(`"15dd5f9a585a1376bff6155aae98dba6"`);
    expect(hashOf('torn-frame-padded-with-zeros-is-the-frame')).toMatchInlineSnapshot(
      `"e8daab6f32c65e52adf50a749ccd963d"`,
    );
  }, 60_000);
});
