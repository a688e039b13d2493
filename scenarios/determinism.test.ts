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
      `"cf82ad779b127a4fd9d6886416459b3b"`,
    );
    expect(hashOf('open-requests-full-of-held-records')).toMatchInlineSnapshot(`"a3d1e1fbc4a8b1db7c3346ff5d310ee3"`);
    expect(hashOf('torn-frame-padded-with-zeros-is-the-frame')).toMatchInlineSnapshot(
      `"e9ad9fb3cd59120e916a78be56cb3a76"`,
    );
  }, 60_000);
});
