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
      `"f8cc698d414dc3267c04a6ccd81b5191"`,
    );
    expect(hashOf('open-requests-full-of-held-records')).toMatchInlineSnapshot(`"4e96428c1dab57c8925440f8ae518ce8"`);
    expect(hashOf('torn-frame-padded-with-zeros-is-the-frame')).toMatchInlineSnapshot(
      `"fa90f500125a9f75a61441cb63beab64"`,
    );
  }, 60_000);
});
