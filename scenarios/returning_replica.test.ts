import { describe, expect, it } from 'vitest';
import { runScenario, type Scenario, scenarioFromSeed } from '../sim/index.ts';

/** Five replicas in good health, of which one follower is cut off for a while. */
function cutOffFollower(seed: number): Scenario {
  const drawn = scenarioFromSeed(seed, { replicas: 5, durationMs: 20_000 });
  return {
    ...drawn,
    cluster: { ...drawn.cluster, segmentBytes: 1_000_000 },
    network: { ...drawn.network, loss: 0, delayMinimumMs: 0.2, delayMeanMs: 2, queueMax: 1_000, replay: 0 },
    disks: drawn.disks.map((disk) => ({ ...disk, syncMs: 1, readMs: 0.1, writeMs: 0.1 })),
    clocks: drawn.clocks.map((clock) => ({ ...clock, driftPpm: 0, granularityMs: 1 })),
    faults: [
      {
        atMs: 5_000,
        kind: 'cut',
        cut: { shape: 'isolate', target: { role: 'follower', order: 1 } },
        forMs: 8_000,
        flaps: 0,
      },
    ],
  };
}

describe('a replica that was cut off and returns', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'does not depose a healthy leader, thanks to PreVote (Ongaro, section 9.6; seed %i)',
    (seed) => {
      const { violation, marks } = runScenario(cutOffFollower(seed));
      expect(violation).toBeUndefined();
      expect(marks['leader elected']).toBe(1);
    },
    60_000,
  );
});
