import { describe, expect, it } from 'vitest';
import { readScenario } from '../../scenarios/index.ts';
import { PLANTED_MISTAKES } from '../../scenarios/planted/index.ts';
import { hunt } from './hunt.ts';

/** `make planted` does this for every mistake. */
describe('a planted mistake', () => {
  it.each(['quorum one too small', 'vote without comparing logs'])(
    '%s: caught, shrunk to at most five faults, and its file fails the same way',
    async (name) => {
      const mistake = PLANTED_MISTAKES.find((one) => one.name === name);
      if (mistake === undefined) return expect.fail(`There is no mistake "${name}" any more; choose another.`);
      const hunted = await hunt(mistake, { from: '1', seeds: '50', duration: '20s', faultsMax: 5, shrinkFor: '30s' });
      expect(hunted.caughtBy).toBeDefined();
      expect(hunted.shrunk?.faults).toBeLessThanOrEqual(5);
      expect(hunted.shrunk?.failsBy).toBe(hunted.caughtBy);
      expect(readScenario(hunted.shrunk?.text).version).toBe(1);
    },
    180_000,
  );
});
