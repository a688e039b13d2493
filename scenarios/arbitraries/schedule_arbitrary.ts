import fc, { type Arbitrary } from 'fast-check';
import type { ScheduledFault } from '../../sim/index.ts';
import { faultArbitrary, type FaultArbitraryOptions } from './fault_arbitrary.ts';

export interface ScheduleArbitraryOptions extends FaultArbitraryOptions {
  /** Faults, at most. 12 if absent. */
  readonly faultsMax?: number;
}

/** Draws a schedule of faults in the order of their times. It shrinks by leaving faults out, then by shrinking each. */
export function scheduleArbitrary(options: ScheduleArbitraryOptions): Arbitrary<readonly ScheduledFault[]> {
  return fc
    .array(faultArbitrary(options), { maxLength: options.faultsMax ?? 12, size: 'max' })
    .map((faults) => [...faults].sort((one, other) => one.atMs - other.atMs));
}
