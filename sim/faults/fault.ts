/**
 * Whom a fault strikes, decided when it strikes: by role, so that a schedule keeps its meaning when another fault is
 * taken out of it, or by number.
 */
export type Target =
  | { readonly replica: number }
  /** The replica that last said it leads, in the highest term. */
  | { readonly role: 'leader' }
  /** The `order`-th (0, 1 …) of the running replicas that do not lead. */
  | { readonly role: 'follower'; readonly order: number }
  /** One that stands for election, else the leader. */
  | { readonly role: 'candidate' };

/** How a network is cut. Numbers name replicas. */
export type Cut =
  /** These on one side, all others on the other. */
  | { readonly shape: 'split'; readonly side: readonly number[] }
  /** Two sides that only the bridge sees both of. */
  | { readonly shape: 'bridge'; readonly side: readonly number[]; readonly bridge: number }
  /** The leader and so many followers on one side: too few to commit. */
  | { readonly shape: 'leaderWith'; readonly followers: number }
  /** One alone, by role. */
  | { readonly shape: 'isolate'; readonly target: Target }
  /** `deaf`: hears nobody. `mute`: nobody hears it. */
  | { readonly shape: 'oneWay'; readonly target: Target; readonly which: 'deaf' | 'mute' };

/** What goes wrong. Durations in milliseconds; whatever has one ends by itself, and everything ends at healing. */
export type Fault =
  /** The process dies; what it wrote stays in the cache. With `afterEffects` it dies in the middle of a step, after that many more effects. */
  | { readonly kind: 'crash'; readonly target: Target; readonly afterEffects: number; readonly downMs: number }
  /** The machine loses power: what was not synced is lost, torn or out of order. */
  | {
      readonly kind: 'powerCut';
      readonly targets: readonly Target[];
      readonly afterEffects: number;
      readonly downMs: number;
    }
  /** All machines lose power at once; they come back one after the other. */
  | { readonly kind: 'powerCutAll'; readonly downMs: number; readonly apartMs: number }
  /** Never comes back. Refused where fewer than a majority would stay. */
  | { readonly kind: 'death'; readonly target: Target }
  /** Asked to stop, as by systemd; comes back. */
  | { readonly kind: 'shutdown'; readonly target: Target; readonly downMs: number }
  /** The process stands still, then finds everything that was sent to it. */
  | { readonly kind: 'pause'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'cut'; readonly cut: Cut; readonly forMs: number; readonly flaps: number }
  /** Messages on this directed link wait; they arrive afterwards. */
  | { readonly kind: 'clog'; readonly from: number; readonly to: number; readonly forMs: number }
  /** No client reaches this replica. */
  | { readonly kind: 'clientsCut'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'clockStep'; readonly target: Target; readonly byMs: number }
  /** No operation on this disk finishes meanwhile. */
  | { readonly kind: 'diskStall'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'slowDisk'; readonly target: Target; readonly factor: number; readonly forMs: number }
  /** The next operation of this kind on this disk fails. A failed sync drops the dirty pages and leaves them in the cache. */
  | { readonly kind: 'diskError'; readonly target: Target; readonly operation: 'sync' | 'write' | 'read' }
  /** Writes that grow a file fail, the first of them in the middle. */
  | { readonly kind: 'diskFull'; readonly target: Target; readonly forMs: number };

export type ScheduledFault = { readonly atMs: number } & Fault;
