import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Scenario, scenarioFromSeed } from '../../sim/index.ts';
import { readScenario } from '../file/read_scenario.ts';
import type { Failure } from './failure.ts';
import { fitReplicas } from './fit_replicas.ts';
import { shrinkScenario } from './shrink_scenario.ts';

const failure = (atMs = 10_000): Failure => ({ property: 'promise', sentence: 'It is broken.', atMs });

/** Fails when its faults include one of each of these kinds. */
function needs(kinds: readonly string[]): (scenario: Scenario) => Failure | undefined {
  return ({ faults }) => (kinds.every((kind) => faults.some((fault) => fault.kind === kind)) ? failure() : undefined);
}

describe('shrinkScenario', { timeout: 30_000 }, () => {
  it('leaves the faults that matter, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (seed, one, other) => {
        const scenario = scenarioFromSeed(seed);
        const early = scenario.faults.filter((fault) => fault.atMs <= 10_000);
        fc.pre(early.length > 0);
        const kinds = new Set([early[one % early.length]?.kind ?? '', early[other % early.length]?.kind ?? '']);
        const shrunk = shrinkScenario(scenario, { fails: needs([...kinds]) });
        expect(new Set(shrunk?.scenario.faults.map((fault) => fault.kind))).toEqual(kinds);
        expect(shrunk?.scenario.faults).toHaveLength(kinds.size);
        expect(shrunk?.isCutOff).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('calms everything that does not matter', () => {
    const shrunk = shrinkScenario(scenarioFromSeed(3, { replicas: 7, mode: 'beyond' }), {
      fails: () => failure(4_321),
    });
    const calm = readScenario({ version: 1, seed: 3, cluster: { replicas: 3 } });
    const { healAtMs, durationMs, liveness, ...others } = shrunk?.scenario ?? calm;
    expect(others).toEqual({
      version: 1,
      seed: 3,
      cluster: calm.cluster,
      network: calm.network,
      clientNetwork: calm.clientNetwork,
      disks: calm.disks,
      clocks: calm.clocks,
      workload: { ...calm.workload, writers: [] },
      faults: [],
    });
    expect(Math.max(healAtMs, durationMs)).toBeLessThanOrEqual(4_400);
    expect(liveness.leaderWithinMs).toBeGreaterThanOrEqual(calm.liveness.leaderWithinMs);
  });

  it('keeps what matters: replicas, a writer, a lossy network', () => {
    const scenario = scenarioFromSeed(5, { replicas: 7 });
    const lossy = { ...scenario, network: { ...scenario.network, loss: 0.3 } };
    const fails = ({ cluster, network, workload }: Scenario): Failure | undefined =>
      cluster.replicas >= 5 && network.loss > 0.1 && workload.writers.length > 0 ? failure() : undefined;
    const shrunk = shrinkScenario(lossy, { fails })?.scenario;
    expect(shrunk).toMatchObject({ cluster: { replicas: 5 }, faults: [], workload: { writers: [{}] } });
    expect(shrunk?.disks).toHaveLength(5);
    expect(shrunk?.network.loss).toBeCloseTo(0.15);
  });

  it('ends the run soon after the failure', () => {
    const shrunk = shrinkScenario(scenarioFromSeed(1), {
      fails: ({ durationMs }) => (durationMs > 1_234 ? failure(1_234) : undefined),
    })?.scenario;
    expect(shrunk?.durationMs).toBeLessThanOrEqual(1_300);
    expect(shrunk?.healAtMs).toBeLessThanOrEqual(1_300);
  });

  it('never takes another failure for the same', () => {
    const fails = ({ faults }: Scenario): Failure =>
      faults.length > 3 ? failure() : { ...failure(), property: 'another promise' };
    const scenario = scenarioFromSeed(2);
    expect(scenario.faults.length).toBeGreaterThan(4);
    expect(shrinkScenario(scenario, { fails })?.scenario.faults).toHaveLength(4);
    const thrown = (sentence: string): Failure => ({ property: 'engine error', sentence, atMs: 10_000 });
    const throws = ({ faults }: Scenario): Failure =>
      thrown(faults.length > 3 ? `entry ${faults.length} is gone` : 'undefined is not a function');
    expect(shrinkScenario(scenario, { fails: throws })?.scenario.faults).toHaveLength(4);
  });

  it('yields a scenario that can be saved and read, and still fails, after whatever it tried', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 2 ** 32 }), fc.integer({ min: 1, max: 200 }), (seed, salt, runsMax) => {
        const scenario = scenarioFromSeed(seed, { replicas: 5 });
        let runs = 0;
        const fails = (candidate: Scenario): Failure | undefined => {
          runs += 1;
          readScenario(candidate);
          return candidate === scenario || hash(JSON.stringify(candidate), salt) % 3 === 0 ? failure() : undefined;
        };
        const shrunk = shrinkScenario(scenario, { fails, runsMax });
        expect(runs).toBeLessThanOrEqual(runsMax + 1);
        expect(shrunk?.runs).toBe(runs - 1);
        expect(fails(shrunk?.scenario ?? scenario)).toBeDefined();
        // And it is deterministic.
        expect(shrinkScenario(scenario, { fails, runsMax })).toEqual(shrunk);
      }),
      { numRuns: 8 },
    );
  });

  it('ends when it is told to', () => {
    let asked = 0;
    const shrunk = shrinkScenario(scenarioFromSeed(1), { fails: () => failure(), isOver: () => (asked += 1) > 20 });
    expect(shrunk?.isCutOff).toBe(true);
    expect(shrunk?.runs).toBeLessThan(21);
  });

  it('has nothing to do where nothing fails', () => {
    expect(shrinkScenario(scenarioFromSeed(1), { fails: () => undefined })).toBeUndefined();
  });
});

describe('fitReplicas', () => {
  it('leaves a valid scenario, whatever its faults', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(3, 4, 5), (seed, replicas) => {
        const scenario = fitReplicas(scenarioFromSeed(seed, { replicas: 7, mode: 'beyond' }), replicas);
        expect(readScenario(scenario)).toEqual(scenario);
      }),
    );
  });
});

function hash(text: string, salt: number): number {
  let result = salt;
  for (let index = 0; index < text.length; index++) result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  return result >>> 7;
}
