import type { Target } from '../../sim/index.ts';

/** Whoever leads when it comes to it. */
export const leader: Target = { role: 'leader' };

/** Whoever stands for election then; when nobody does, the leader. */
export const candidate: Target = { role: 'candidate' };

/** Whoever did what a fault waited for: see `when`. */
export const whoeverDidIt: Target = { role: 'trigger' };

/** The first, second … (0, 1 …) of the running replicas that do not lead then. */
export function follower(order: number): Target {
  return { role: 'follower', order };
}

/** The replica called `replica-<number>`: 1, 2, 3 … as transcripts name them. */
export function replica(number: number): Target {
  return { replica: number - 1 };
}
