import type { Arbitrary } from 'fast-check';
import type { Fault, ScheduledFault } from '../../sim/index.ts';
import { scheduledFault } from '../shape/fault.ts';

export interface FaultArbitraryOptions {
  /** Replicas of the cluster it strikes. */
  readonly replicas: number;
  /** It strikes earlier than this, in milliseconds of virtual time. */
  readonly beforeMs: number;
  /** Kinds of faults to draw. Absent: all that a cluster must survive, and a few that only the mode `beyond` carries out. */
  readonly kinds?: readonly Fault['kind'][];
}

/**
 * Draws one fault of a schedule: by role or by number, at a time or, now and then, when somebody does something. It
 * shrinks towards fewer targets, shorter durations and earlier times.
 *
 * @example fc.array(faultArbitrary({ replicas: 3, beforeMs: 4_000, kinds: ['crash', 'powerCut'] }))
 */
export function faultArbitrary({ replicas, beforeMs, kinds }: FaultArbitraryOptions): Arbitrary<ScheduledFault> {
  return scheduledFault(replicas, beforeMs).arbitrary(kinds);
}
