import type { Random } from '../../random.ts';
import type { Fault } from '../fault.ts';
import type { Target } from '../target.ts';
import type { Trigger } from '../trigger.ts';

/** A fault of a schedule that is still to be placed: `atMs` counts from the first of those drawn together, absent: 0. */
export type Drawn = Fault & {
  readonly atMs?: number;
  readonly on?: Trigger;
  readonly by?: Target;
  readonly afterMs?: number;
};

/** What draws need to know of the run. */
export interface DrawContext {
  readonly replicas: number;
  readonly electionTimeoutMs: number;
}

/** Draws one fault of a class, or several that belong together. */
export type Draw = (random: Random, context: DrawContext) => Drawn[];

export function anyone(random: Random, replicas: number): Target {
  return random.pick<Target>([
    { role: 'leader' },
    { role: 'leader' },
    { role: 'candidate' },
    { role: 'follower', order: random.integer(0, replicas - 1) },
    { replica: random.integer(0, replicas - 1) },
  ]);
}

/** Usually at once or within a step; sometimes a good while later. */
export function afterEffects(random: Random): number {
  return random.pick([0, random.integer(1, 8), random.integer(1, 60)]);
}

export function downMs(random: Random): number {
  return Math.round(random.heavyTailed(1, random.pick([50, 500, 3_000])));
}
