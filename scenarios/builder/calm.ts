import { DEFAULT_LIMITS, DEFAULT_TIMING } from '../../engine/vocabulary/index.ts';
import type { Scenario } from '../../sim/index.ts';

/** One way over the network between two replicas, and between a client and a replica. */
export const NETWORK_DELAY_MS = 5;
export const CLIENT_DELAY_MS = 1;
/** One sync of a disk. */
export const SYNC_MS = 2;

/**
 * A world in which nothing goes wrong by itself and everything takes a round time: messages arrive in order after 5 ms,
 * a disk syncs in 2 ms, clocks agree, and nobody asks for anything. What happens in it was put there on purpose.
 */
export function calmScenario(): Scenario {
  return {
    version: 1,
    seed: 1,
    cluster: {
      replicas: 3,
      timing: DEFAULT_TIMING,
      limits: DEFAULT_LIMITS,
      segmentBytes: 1024 * 1024,
      supervisorRestartMs: [200, 200],
    },
    network: {
      delayMinimumMs: NETWORK_DELAY_MS,
      delayMeanMs: NETWORK_DELAY_MS,
      loss: 0,
      duplicate: 0,
      replay: 0,
      replayWithinMs: 0,
      ordered: true,
      queueMax: 10_000,
    },
    clientNetwork: {
      delayMinimumMs: CLIENT_DELAY_MS,
      delayMeanMs: CLIENT_DELAY_MS,
      requestLoss: 0,
      answerLoss: 0,
    },
    disks: [],
    clocks: [],
    workload: {
      writers: [],
      readers: [],
      firstLsn: '0',
      lsnGapMax: 1,
      records: { bytesMax: 30, empty: 0, large: 0, largeBytesMax: 30 },
      requestTimeoutMs: 1_000,
      cancels: 0,
    },
    faults: [],
    healAtMs: 0,
    durationMs: 0,
    liveness: { leaderWithinMs: 10_000, settleWithinMs: 30_000 },
  };
}
