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
      `"a24131d608d2c2a54d34b4d98336e4bf"`,
    );
    expect(hashOf('open-requests-full-of-held-records')).toMatchInlineSnapshot(`"185a40c558e9ef8547b1bfcb21825418"`);
    expect(hashOf('torn-frame-padded-with-zeros-is-the-frame')).toMatchInlineSnapshot(
      `"38c95c04bccf2480091cbc7cfdc1a3d2"`,
    );
  }, 60_000);
});
