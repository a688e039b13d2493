import type { Answer, Effect, Event } from '../engine/vocabulary/index.ts';
import type { ClientRequest } from './clients/request.ts';
import type { EngineNode } from './engine_under_test.ts';
import type { EventQueue } from './event_queue.ts';
import type { Observer } from './observer.ts';
import type { Ending, Replica } from './process/replica.ts';
import { RunHash } from './run_hash.ts';

/** One thing that happened, kept as it was; `narrate` makes a sentence of it. */
export type Happening = { readonly atMs: number; readonly replica: number | undefined } & (
  | { readonly what: 'event'; readonly event: Event }
  | { readonly what: 'effect'; readonly effect: Effect }
  | { readonly what: 'answer'; readonly request: ClientRequest; readonly answer: Answer }
  | { readonly what: 'asked'; readonly request: ClientRequest }
  | { readonly what: 'ended'; readonly ending: Ending }
  | { readonly what: 'fault'; readonly sentence: string }
);

/**
 * Takes down everything that reaches an engine and everything it wants in a hash, which two equal runs have in common,
 * and tells it to whoever listens. It keeps nothing: what is kept is moved by every garbage collection, and a run can be
 * had again (`lastHappenings`).
 */
export class Recorder implements Observer {
  events = 0;
  effects = 0;
  private readonly queue: EventQueue;
  private readonly hash = new RunHash();
  private readonly onHappening: ((happening: Happening) => void) | undefined;

  constructor(queue: EventQueue, onHappening?: (happening: Happening) => void) {
    this.queue = queue;
    this.onHappening = onHappening;
  }

  digest(): string {
    return this.hash.digest();
  }

  stepped(replica: Replica, event: Event, _after: EngineNode, _effects: readonly Effect[]): void {
    this.events += 1;
    this.hash.event(replica.number, event, this.queue.nowMs);
    this.onHappening?.({ atMs: this.queue.nowMs, replica: replica.number, what: 'event', event });
  }

  effect(replica: Replica, effect: Effect): void {
    this.effects += 1;
    this.hash.effect(replica.number, effect);
    this.onHappening?.({ atMs: this.queue.nowMs, replica: replica.number, what: 'effect', effect });
  }

  asked(replica: Replica, request: ClientRequest): void {
    this.onHappening?.({ atMs: this.queue.nowMs, replica: replica.number, what: 'asked', request });
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    this.onHappening?.({ atMs: this.queue.nowMs, replica: replica.number, what: 'answer', request, answer });
  }

  ended(replica: Replica, ending: Ending): void {
    this.hash.ended(replica.number);
    this.onHappening?.({ atMs: this.queue.nowMs, replica: replica.number, what: 'ended', ending });
  }

  fault(sentence: string): void {
    this.onHappening?.({ atMs: this.queue.nowMs, replica: undefined, what: 'fault', sentence });
  }
}
