import type { Timing } from '../engine/vocabulary/index.ts';
import type { ScheduledFault } from './faults/fault.ts';
import type { LivenessBounds } from './scenario.ts';

/** What can be asked of a cluster with such timings, after such faults: a clock that was set back makes its node wait. */
export function livenessBoundsOf(timing: Timing, faults: readonly ScheduledFault[]): LivenessBounds {
  const setBackMs = faults.reduce(
    (sum, fault) => (fault.kind === 'clockStep' && fault.byMs < 0 ? sum - fault.byMs : sum),
    0,
  );
  return {
    leaderWithinMs: 5_000 + 20 * timing.electionTimeoutMs + setBackMs,
    settleWithinMs: 30_000 + 20 * timing.electionTimeoutMs + setBackMs,
  };
}
