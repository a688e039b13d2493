import type { Limits, Timing } from '../engine/vocabulary/index.ts';
import type { DiskParameters } from './disk/parameters.ts';
import type { ScheduledFault } from './faults/fault.ts';
import type { ClientNetworkParameters, NetworkParameters } from './network/parameters.ts';
import type { ClockParameters } from './process/clock.ts';
import type { Workload } from './clients/workload.ts';

/**
 * Everything a run depends on, as plain JSON: drawn from a seed, shrunk, saved, replayed, read. Times are milliseconds
 * of virtual time since the run began.
 */
export interface Scenario {
  readonly version: 1;
  /**
   * `budget`, the default: faults stay within what must be survived (sim/faults/budget.ts). `beyond`: they do not, so only
   * safety is checked, and replicas may refuse to go on.
   */
  readonly mode?: 'budget' | 'beyond';
  /** For what is not said here: each delay, each order, each torn sector. */
  readonly seed: number;
  readonly cluster: ClusterParameters;
  readonly network: NetworkParameters;
  readonly clientNetwork: ClientNetworkParameters;
  /** One for each replica. */
  readonly disks: readonly DiskParameters[];
  readonly clocks: readonly ClockParameters[];
  readonly workload: Workload;
  readonly faults: readonly ScheduledFault[];
  /** From here on nothing fails any more: the network, the disks and all replicas that are not dead for good work. */
  readonly healAtMs: number;
  /** From here on clients ask for nothing new. */
  readonly durationMs: number;
  readonly liveness: LivenessBounds;
}

export interface ClusterParameters {
  readonly replicas: number;
  readonly timing: Timing;
  readonly limits: Limits;
  readonly segmentBytes: number;
  /**
   * A process takes together what has come within so long, as a server does with what it finds at its sockets. 0, the
   * default: each event by itself, the moment it comes.
   */
  readonly turnMs?: number;
  /** A process that halted by itself is started again after a time of this range, as an operator would. */
  readonly supervisorRestartMs: readonly [low: number, high: number];
}

export interface LivenessBounds {
  /** After healing there is a leader that can commit within this time. */
  readonly leaderWithinMs: number;
  /**
   * After the clients stopped, or the last record they had under way was stored, everything is answered and all replicas
   * are alike within this time.
   */
  readonly settleWithinMs: number;
}

/** When everything is healed, unless a scenario says otherwise. */
export function healAtMsOf(durationMs: number): number {
  return Math.round(durationMs * 0.8);
}

/** The address of replica `number` (0, 1, 2 …) as the cluster knows it. */
export function replicaUrl(number: number): string {
  return `http://replica-${number + 1}:8090`;
}

export function replicaName(number: number): string {
  return `replica-${number + 1}`;
}
