import type { SimulationOptions } from './sim_options.ts';
import type { Tally } from './fuzz_tally.ts';

/** Virtual time from which on a campaign must have reached every mark: that of 1,000 seeds of a minute. */
export const MARKS_REQUIRED_FROM_MS = 1_000 * 60_000;

/**
 * Whether each mark must have been reached. A small campaign may miss a rare one by chance, and one that was told what
 * to draw may be unable to reach some; there they are only told, unless they are asked for.
 */
export function areMarksRequired(
  tally: Pick<Tally, 'virtualMs'>,
  options: Pick<SimulationOptions, 'replicas' | 'mode'>,
  isAsked: boolean,
): boolean {
  if (isAsked) return true;
  return options.replicas === undefined && options.mode === undefined && tally.virtualMs >= MARKS_REQUIRED_FROM_MS;
}
