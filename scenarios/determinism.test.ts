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
      `"b2b720fac7bd69c0eb05af169789a185"`,
    );
    expect(hashOf('open-requests-full-of-held-records')).toMatchInlineSnapshot(`"5f2ff47e2ed6d194176f61ed4c1c30a9"`);
    expect(hashOf('torn-frame-padded-with-zeros-is-the-frame')).toMatchInlineSnapshot(
      `"a13c2479b70b59e12c6c40a04136a28c"`,
    );
  }, 60_000);
});
