import type { Target } from './target.ts';

/** How a network is cut. A number is short for that replica. */
export type Cut =
  /** These on one side, all others on the other. */
  | { readonly shape: 'split'; readonly side: readonly (number | Target)[] }
  /** Two sides that only the bridge sees both of. */
  | { readonly shape: 'bridge'; readonly side: readonly (number | Target)[]; readonly bridge: number | Target }
  /** The leader and so many followers on one side: too few to commit. */
  | { readonly shape: 'leaderWith'; readonly followers: number }
  /** One alone, by role. */
  | { readonly shape: 'isolate'; readonly target: Target }
  /** `deaf`: hears nobody. `mute`: nobody hears it. */
  | { readonly shape: 'oneWay'; readonly target: Target; readonly which: 'deaf' | 'mute' };
