import { describe, expect, it } from 'vitest';
import { FAULT_FACTS } from './faults/budget.ts';
import { scenarioFromSeed } from './generate.ts';

describe('scenarioFromSeed', () => {
  it('draws plain data, the same for the same seed', () => {
    for (let seed = 0; seed < 200; seed++) {
      const scenario = scenarioFromSeed(seed);
      expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
      expect(scenarioFromSeed(seed)).toEqual(scenario);
      expect(scenario.disks.length).toBe(scenario.cluster.replicas);
      expect(scenario.clocks.length).toBe(scenario.cluster.replicas);
    }
  });

  it('draws three to seven replicas, every kind of fault, and runs without any', () => {
    const scenarios = Array.from({ length: 400 }, (_, seed) => scenarioFromSeed(seed));
    const kinds = new Set(scenarios.flatMap(({ faults }) => faults.map((fault) => fault.kind)));
    expect([...new Set(scenarios.map(({ cluster }) => cluster.replicas))].sort((a, b) => a - b)).toEqual([
      3, 4, 5, 6, 7,
    ]);
    expect([...kinds].sort()).toEqual(Object.keys(FAULT_FACTS).sort());
    const beyond = scenarios.filter(({ mode }) => mode === 'beyond').length;
    expect(beyond).toBeGreaterThan(20);
    expect(beyond).toBeLessThan(80);
    expect(scenarios.some(({ faults }) => faults.length === 0)).toBe(true);
  });

  it('orders faults by time, before everything is healed', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { faults, healAtMs, durationMs } = scenarioFromSeed(seed, { durationMs: 15_000 });
      expect(healAtMs).toBe(12_000);
      expect(durationMs).toBe(15_000);
      let beforeMs = 0;
      for (const { atMs } of faults) {
        expect(atMs).toBeGreaterThanOrEqual(beforeMs);
        expect(atMs).toBeLessThanOrEqual(healAtMs);
        beforeMs = atMs;
      }
    }
  });

  it('obeys its overrides and leaves the rest as it was', () => {
    const drawn = scenarioFromSeed(7, { replicas: 4 });
    expect(drawn.cluster.replicas).toBe(4);
    expect(scenarioFromSeed(7, { replicas: 6 }).network).toEqual(drawn.network);
  });
});
