import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_FACTS, type Fault, type Scenario } from '../../sim/index.ts';
import { assertScenario } from '../assertion/assert_scenario.ts';
import { readScenario } from '../file/read_scenario.ts';
import { faultArbitrary } from './fault_arbitrary.ts';
import { scenarioArbitrary } from './scenario_arbitrary.ts';

const KINDS = Object.keys(FAULT_FACTS) as Fault['kind'][];

/** What fast-check shrinks a failure to. */
function smallest(scenarios: fc.Arbitrary<Scenario>, passes: (scenario: Scenario) => boolean): Scenario | undefined {
  const run = fc.check(fc.property(scenarios, passes), { seed: 1, numRuns: 1_000 });
  return run.counterexample?.[0];
}

describe('faultArbitrary', () => {
  it('draws every kind of fault', () => {
    const faults = fc.sample(faultArbitrary({ replicas: 5, beforeMs: 1_000 }), { seed: 1, numRuns: 2_000 });
    expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set(KINDS));
    expect(faults.every((fault) => fault.atMs >= 0 && fault.atMs < 1_000)).toBe(true);
  });

  it('draws only the kinds that are asked for', () => {
    const faults = fc.sample(faultArbitrary({ replicas: 3, beforeMs: 9, kinds: ['crash', 'rot'] }), 100);
    expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set(['crash', 'rot']));
  });
});

describe('scenarioArbitrary', { timeout: 30_000 }, () => {
  it('draws scenarios that could stand in a file', () => {
    fc.assert(
      fc.property(scenarioArbitrary({ replicas: [3, 4, 7] }), (scenario) => {
        expect(readScenario(scenario)).toEqual(scenario);
        expect([3, 4, 7]).toContain(scenario.cluster.replicas);
      }),
    );
  });

  it('obeys its options', () => {
    const options = { replicas: 5, durationMs: 3_000, healAtMs: 2_000, faultsMax: 2, mode: 'beyond' } as const;
    for (const scenario of fc.sample(scenarioArbitrary(options), 100)) {
      expect(scenario).toMatchObject({ cluster: { replicas: 5 }, durationMs: 3_000, healAtMs: 2_000, mode: 'beyond' });
      expect(scenario.faults.length).toBeLessThanOrEqual(2);
      expect(scenario.faults.every((fault) => fault.atMs < 2_000)).toBe(true);
    }
  });

  it('shrinks to the faults that matter', () => {
    const scenario = smallest(
      scenarioArbitrary(),
      ({ faults }) => !faults.some((fault) => fault.kind === 'crash') || !faults.some((fault) => fault.kind === 'cut'),
    );
    expect(scenario?.faults.map((fault) => fault.kind).sort()).toEqual(['crash', 'cut']);
    expect(scenario).toMatchObject({
      cluster: { replicas: 3 },
      network: { loss: 0 },
      clientNetwork: { answerLoss: 0 },
    });
    expect(scenario?.faults.every((fault) => fault.atMs === 0 && fault.on === undefined)).toBe(true);
  });

  it('shrinks to a healthy environment', () => {
    const scenario = smallest(scenarioArbitrary(), ({ network }) => network.loss < 0.05);
    const calm = readScenario({ version: 1, seed: 0, cluster: { replicas: 3 } });
    expect(scenario).toMatchObject({
      faults: [],
      disks: calm.disks,
      clocks: calm.clocks,
      clientNetwork: calm.clientNetwork,
    });
    expect(scenario?.network.loss).toBe(0.05);
  });

  it('draws nothing that the engine does not survive', () => {
    const scenarios = scenarioArbitrary({ replicas: [3, 5], durationMs: 5_000 });
    fc.assert(
      fc.property(scenarios, (scenario) => assertScenario(scenario)),
      { numRuns: 25, seed: 20_261_123 },
    );
  }, 60_000);
});
