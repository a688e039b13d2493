import { describe, expect, it } from 'vitest';
import { REAL_ENGINE, runScenario, scenarioFromSeed } from './index.ts';
import { watchfulEngine } from './testing/watchful_engine.ts';

describe('the engine and its world', () => {
  it.each([1, 3, 4, 5, 6, 7])(
    'change nothing in place (seed %i)',
    (seed) => {
      const { engine, verify } = watchfulEngine(REAL_ENGINE);
      const scenario = scenarioFromSeed(seed, { durationMs: 3_000 });
      const { violation, hash } = runScenario(scenario, { engine });
      expect(violation).toBeUndefined();
      verify();
      expect(runScenario(scenario).hash).toBe(hash);
    },
    60_000,
  );
});
