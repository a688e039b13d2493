import type { ScenarioOverrides } from '../../sim/index.ts';
import { type Flags, type FlagValues, UsageError } from './flags.ts';

/** What `sim` and `fuzz` have in common. */
export const SIMULATION_FLAGS = {
  from: { kind: 'integer', help: 'The first seed.', absent: '1' },
  seeds: { kind: 'integer', help: 'How many seeds, from the first on.' },
  replicas: { kind: 'integer', help: 'Replicas, 3 to 7.', absent: 'drawn from the seed' },
  duration: { kind: 'durationMs', help: 'Virtual time of a run, 1s to 24h.', absent: '60s' },
  mode: {
    kind: 'text',
    help: 'budget: faults that must be survived. beyond: more than that, safety only.',
    absent: 'drawn from the seed',
  },
} as const satisfies Flags;

export interface SimulationOptions {
  readonly from: number;
  readonly seeds: number;
  readonly replicas: number | undefined;
  readonly durationMs: number;
  readonly mode: 'budget' | 'beyond' | undefined;
}

export const DURATION_DEFAULT_MS = 60_000;
const DURATION_MAX_MS = 24 * 3_600_000;
const SEEDS_MAX = 100_000_000;

/** @throws UsageError for a value out of its range. */
export function readSimulationOptions(
  values: FlagValues<typeof SIMULATION_FLAGS>,
  positional: readonly string[],
  seedsDefault: number,
): SimulationOptions {
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag; a value follows its flag.`);
  const { from = 1, seeds = seedsDefault, replicas, duration = DURATION_DEFAULT_MS, mode } = values;
  requireRange('from', from, 0, Number.MAX_SAFE_INTEGER - SEEDS_MAX);
  requireRange('seeds', seeds, 1, SEEDS_MAX);
  if (replicas !== undefined) requireRange('replicas', replicas, 3, 7);
  if (duration < 1_000 || duration > DURATION_MAX_MS) throw new UsageError('-duration is from 1s to 24h.');
  if (mode !== undefined && mode !== 'budget' && mode !== 'beyond')
    throw new UsageError(`-mode is budget or beyond, not "${mode}".`);
  return { from, seeds, replicas, durationMs: Math.round(duration), mode };
}

export function requireRange(name: string, value: number, low: number, high: number): void {
  if (value < low || value > high) throw new UsageError(`-${name} is from ${low} to ${high}, not ${value}.`);
}

/** The overrides of a scenario that these options mean. */
export function overridesOf(options: Pick<SimulationOptions, 'replicas' | 'durationMs' | 'mode'>): ScenarioOverrides {
  const { replicas, durationMs, mode } = options;
  return { durationMs, ...(replicas === undefined ? {} : { replicas }), ...(mode === undefined ? {} : { mode }) };
}
