import type { FileArea } from '../disk/area.ts';
import type { Cut } from './cut.ts';
import type { Target } from './target.ts';
import type { Trigger } from './trigger.ts';

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
  /** The connection closes in the middle: what is under way on this directed link is lost, half a message perhaps arrives. */
  | { readonly kind: 'reset'; readonly from: number; readonly to: number }
  /**
   * Messages of these types are lost, or wait until it ends and arrive then. Without `types` all of them; without
   * `from` or `to` whoever sends or receives them.
   */
  | {
      readonly kind: 'filter';
      readonly types?: readonly MessageType[];
      readonly from?: Target;
      readonly to?: Target;
      readonly action: 'drop' | 'hold';
      readonly forMs: number;
    }
  /** No client reaches this replica. */
  | { readonly kind: 'clientsCut'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'clockStep'; readonly target: Target; readonly byMs: number }
  /** The clock stands still, then goes on from there. */
  | { readonly kind: 'clockFreeze'; readonly target: Target; readonly forMs: number }
  /** The process takes so long over each event: an overloaded or swapping machine. */
  | { readonly kind: 'slowProcess'; readonly target: Target; readonly eventMs: number; readonly forMs: number }
  /** No operation on this disk finishes meanwhile. */
  | { readonly kind: 'diskStall'; readonly target: Target; readonly forMs: number }
  | { readonly kind: 'slowDisk'; readonly target: Target; readonly factor: number; readonly forMs: number }
  /**
   * The next operation of this kind on this disk fails. A failed sync drops the dirty pages and leaves them in the cache.
   * A short read yields fewer bytes than there are, and no error.
   */
  | {
      readonly kind: 'diskError';
      readonly target: Target;
      readonly operation: 'sync' | 'write' | 'read' | 'shortRead';
    }
  /** Writes that grow a file fail, the first of them in the middle. */
  | { readonly kind: 'diskFull'; readonly target: Target; readonly forMs: number }
  /**
   * Damage to what was synced: a flipped bit, or a sector of zeros, at `at` of the file's length (0 to 1). `copy` is the
   * first or the second of whatever is stored twice; frames are stored once.
   */
  | {
      readonly kind: 'rot';
      readonly target: Target;
      readonly area: FileArea;
      readonly copy: 0 | 1;
      readonly at: number;
      readonly damage: 'bit' | 'sector';
    }
  /** The next write to such a file lands elsewhere in it, and is reported as done. */
  | { readonly kind: 'misdirectedWrite'; readonly target: Target; readonly area: FileArea; readonly byBytes: number }
  /** The machine comes back with an empty data directory. */
  | { readonly kind: 'loseDirectory'; readonly target: Target; readonly downMs: number }
  /** The machine comes back with a copy of another replica's data directory. */
  | { readonly kind: 'copyDirectory'; readonly target: Target; readonly from: number; readonly downMs: number }
  /** A copy of the data directory is put aside … */
  | { readonly kind: 'saveDirectory'; readonly target: Target }
  /** … and the machine comes back with the last one that was. */
  | { readonly kind: 'restoreDirectory'; readonly target: Target; readonly downMs: number };

/** The messages of the peers, as `engine/wire` names them. */
export type MessageType =
  | 'hello'
  | 'refuse'
  | 'preVote'
  | 'preVoteAnswer'
  | 'vote'
  | 'voteAnswer'
  | 'append'
  | 'appendAnswer'
  | 'timeoutNow'
  | 'fetch'
  | 'fetchAnswer';

/**
 * A fault and when it strikes: at `atMs`; or, with `on`, when a replica (with `by`: that one) first does so after `atMs`,
 * or so many milliseconds later, and the target `{ role: 'trigger' }` is then the one that did.
 */
export type ScheduledFault = {
  readonly atMs: number;
  readonly on?: Trigger;
  readonly by?: Target;
  readonly afterMs?: number;
} & Fault;
