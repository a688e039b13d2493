import {
  type ClientNetworkParameters,
  HEALTHY_CLIENT_NETWORK,
  HEALTHY_NETWORK,
  type NetworkParameters,
} from '../../sim/network/parameters.ts';
import { type DiskParameters, HEALTHY_DISK } from '../../sim/disk/parameters.ts';
import type { ClockParameters } from '../../sim/process/clock.ts';
import { choice } from './choice.ts';
import { number, share } from './number.ts';
import { optional, record } from './record.ts';
import type { Shape } from './shape.ts';

const MS = { low: 0, high: 3_600_000, fractions: true } as const;

/** Between replicas. */
export const NETWORK_SHAPE: Shape<NetworkParameters> = record<NetworkParameters>({
  delayMinimumMs: number({ ...MS, calm: HEALTHY_NETWORK.delayMinimumMs, often: [0, 1, 5] }),
  delayMeanMs: number({ ...MS, calm: HEALTHY_NETWORK.delayMeanMs, often: [2, 7, 20] }),
  loss: share(0.01, 0.05, 0.3),
  duplicate: share(0.05, 0.5),
  replay: share(0.001, 0.02),
  replayWithinMs: number({ ...MS, calm: HEALTHY_NETWORK.replayWithinMs, often: [500, 5_000, 30_000] }),
  damaged: optional(share(0.001, 0.02)),
  ordered: choice([false, true], HEALTHY_NETWORK.ordered),
  queueMax: number({ low: 1, high: 1_000_000_000, calm: HEALTHY_NETWORK.queueMax, often: [1_000, 20, 5, 2] }),
});

/** Between clients and replicas. */
export const CLIENT_NETWORK_SHAPE: Shape<ClientNetworkParameters> = record<ClientNetworkParameters>({
  delayMinimumMs: number({ ...MS, calm: HEALTHY_CLIENT_NETWORK.delayMinimumMs }),
  delayMeanMs: number({ ...MS, calm: HEALTHY_CLIENT_NETWORK.delayMeanMs, often: [5, 30] }),
  requestLoss: share(0.02, 0.1),
  answerLoss: share(0.02, 0.1, 0.3),
});

/** One replica's disk. */
export const DISK_SHAPE: Shape<DiskParameters> = record<DiskParameters>({
  writeMs: number({ ...MS, calm: HEALTHY_DISK.writeMs, often: [0.02, 0.1, 1] }),
  syncMs: number({ ...MS, calm: HEALTHY_DISK.syncMs, often: [0.3, 5, 25, 80] }),
  readMs: number({ ...MS, calm: HEALTHY_DISK.readMs, often: [0.05, 1, 10] }),
  steady: optional(choice([false, true]), { drawn: false }),
  earlyWriteback: share(0.2),
  finishesAfterCrash: number({
    low: 0,
    high: 1,
    fractions: true,
    calm: HEALTHY_DISK.finishesAfterCrash,
    often: [0, 1],
  }),
});

/** One replica's clock. */
export const CLOCK_SHAPE: Shape<ClockParameters> = record<ClockParameters>({
  offsetMs: number({ low: 0, high: 1e15, fractions: true, calm: 0, usual: [0, 1_000_000] }),
  driftPpm: number({
    low: -500_000,
    high: 500_000,
    fractions: true,
    calm: 0,
    often: [-500, 500],
    usual: [-150_000, 150_000],
  }),
  granularityMs: number({ ...MS, calm: 0, often: [1, 16] }),
});
