import type { DiskFailure, FoundFile } from './disk.ts';
import type { Consistency, Proposal, Query } from './requests.ts';
import type { Millis, OperationId, RequestId } from './units.ts';

/** What has happened to a node: one thing, or several at once. */
export type Event = SingleEvent | Batch;

/**
 * What came in one turn of the event loop, in its order. It means what its events mean one after the other; their
 * consequences (log writes, appends, commitment) are drawn once, at the end. `now` is that of the last.
 */
export interface Batch {
  readonly kind: 'batch';
  readonly now: Millis;
  readonly events: readonly SingleEvent[];
}

/** The things that happened, one by one. */
export function eventsOf(event: Event): readonly SingleEvent[] {
  return event.kind === 'batch' ? event.events : [event];
}

/**
 * Everything that can happen to a node. `now` is this node's clock; the engine uses the largest it has seen, so a clock
 * that steps back only delays.
 */
export type SingleEvent =
  /** The process began. `files` is everything below the data directory; `entropy` is 32 fresh random bytes or more. */
  | {
      readonly kind: 'start';
      readonly now: Millis;
      readonly files: readonly FoundFile[];
      readonly entropy: Uint8Array;
    }
  /** The deadline that `nextDeadline` named has come, or any later instant. Spurious ticks are harmless. */
  | { readonly kind: 'tick'; readonly now: Millis }
  /** Bytes that a peer with the peer credential sent: one message of `engine/wire`. */
  | { readonly kind: 'message'; readonly now: Millis; readonly bytes: Uint8Array }
  | { readonly kind: 'propose'; readonly now: Millis; readonly request: RequestId; readonly proposal: Proposal }
  | {
      readonly kind: 'read';
      readonly now: Millis;
      readonly request: RequestId;
      readonly query: Query;
      readonly consistency: Consistency;
    }
  /** Nobody waits for this request's answer any more. What it proposed may be stored all the same. */
  | { readonly kind: 'cancel'; readonly now: Millis; readonly request: RequestId }
  /** The operator wants this replica to stop: hand over leadership, then `halt`. */
  | { readonly kind: 'shutdown'; readonly now: Millis }
  | {
      readonly kind: 'diskDone';
      readonly now: Millis;
      readonly id: OperationId;
      /** What the read operations yielded, in their order. */
      readonly reads: readonly Uint8Array[];
    }
  | {
      readonly kind: 'diskFailed';
      readonly now: Millis;
      readonly id: OperationId;
      readonly failure: DiskFailure;
      /** The failed operation and the system's own words, for a person. */
      readonly reason: string;
    };
