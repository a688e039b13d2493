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

/** Happenings kept for the account of a failure. */
const KEPT = 4_096;

/**
 * Takes down everything that reaches an engine and everything it wants: all of it in a hash, which two equal runs have
 * in common, and the last few thousand as they were.
 */
export class Recorder implements Observer {
  events = 0;
  effects = 0;
  private readonly queue: EventQueue;
  private readonly hash = new RunHash();
  private readonly kept: Happening[] = [];
  private position = 0;
  private readonly onHappening: ((happening: Happening) => void) | undefined;

  constructor(queue: EventQueue, onHappening?: (happening: Happening) => void) {
    this.queue = queue;
    this.onHappening = onHappening;
  }

  digest(): string {
    return this.hash.digest();
  }

  /** The last happenings, oldest first. */
  recent(): Happening[] {
    if (this.kept.length < KEPT) return [...this.kept];
    const start = this.position % KEPT;
    return [...this.kept.slice(start), ...this.kept.slice(0, start)];
  }

  stepped(replica: Replica, event: Event, _after: EngineNode, _effects: readonly Effect[]): void {
    this.events += 1;
    this.hash.event(replica.number, event, this.queue.nowMs);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'event', event });
  }

  effect(replica: Replica, effect: Effect): void {
    this.effects += 1;
    this.hash.effect(replica.number, effect);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'effect', effect });
  }

  asked(replica: Replica, request: ClientRequest): void {
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'asked', request });
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'answer', request, answer });
  }

  ended(replica: Replica, ending: Ending): void {
    this.hash.ended(replica.number);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'ended', ending });
  }

  fault(sentence: string): void {
    this.keep({ atMs: this.queue.nowMs, replica: undefined, what: 'fault', sentence });
  }

  private keep(happening: Happening): void {
    this.kept[this.position++ % KEPT] = happening;
    this.onHappening?.(happening);
  }
}
