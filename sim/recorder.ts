import { StreamHash } from '../engine/bytes/stream_hash.ts';
import type { Answer, DiskOperation, Effect, Event } from '../engine/vocabulary/index.ts';
import type { ClientRequest } from './clients/request.ts';
import type { EngineNode } from './engine_under_test.ts';
import type { EventQueue } from './event_queue.ts';
import type { Observer } from './observer.ts';
import type { Ending, Replica } from './process/replica.ts';

/** One thing that happened, kept as it was; `narrate` makes a sentence of it. */
export type Happening = { readonly atMs: number; readonly replica: number | undefined } & (
  | { readonly what: 'event'; readonly event: Event }
  | { readonly what: 'effect'; readonly effect: Effect }
  | { readonly what: 'answer'; readonly request: ClientRequest; readonly answer: Answer }
  | { readonly what: 'asked'; readonly request: ClientRequest }
  | { readonly what: 'ended'; readonly ending: Ending }
  | { readonly what: 'fault'; readonly sentence: string }
);

const EVENT_TAGS: Readonly<Record<Event['kind'], number>> = {
  start: 1,
  tick: 2,
  message: 3,
  propose: 4,
  read: 5,
  cancel: 6,
  shutdown: 7,
  diskDone: 8,
  diskFailed: 9,
};
const EFFECT_TAGS: Readonly<Record<Effect['kind'], number>> = { send: 32, disk: 33, reply: 34, observe: 35, halt: 36 };
const OPERATION_TAGS: Readonly<Record<DiskOperation['op'], number>> = {
  write: 64,
  sync: 65,
  syncDirectory: 66,
  truncate: 67,
  remove: 68,
  rename: 69,
  read: 70,
};

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
  private readonly hash = new StreamHash();
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
    this.hashEvent(replica.number, event);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'event', event });
  }

  effect(replica: Replica, effect: Effect): void {
    this.effects += 1;
    this.hashEffect(replica.number, effect);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'effect', effect });
  }

  asked(replica: Replica, request: ClientRequest): void {
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'asked', request });
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'answer', request, answer });
  }

  ended(replica: Replica, ending: Ending): void {
    this.hash.u32(128);
    this.hash.u32(replica.number);
    this.keep({ atMs: this.queue.nowMs, replica: replica.number, what: 'ended', ending });
  }

  fault(sentence: string): void {
    this.keep({ atMs: this.queue.nowMs, replica: undefined, what: 'fault', sentence });
  }

  private keep(happening: Happening): void {
    this.kept[this.position++ % KEPT] = happening;
    this.onHappening?.(happening);
  }

  private hashEvent(replica: number, event: Event): void {
    const { hash } = this;
    hash.u32(EVENT_TAGS[event.kind] | (replica << 8));
    hash.number(Math.round(this.queue.nowMs * 1000));
    hash.number(Math.round(event.now * 1000));
    switch (event.kind) {
      case 'start':
        for (const file of event.files) {
          hash.text(file.name);
          hash.number(file.size);
        }
        hash.bytes(event.entropy);
        return;
      case 'message':
        hash.bytes(event.bytes);
        return;
      case 'propose': {
        hash.number(event.request);
        const { proposal } = event;
        if (proposal.kind === 'record') {
          hash.u64(proposal.lsn);
          hash.bytes(proposal.data);
          hash.u64(proposal.previousLsn ?? 0n);
          hash.u32(proposal.spaceId ?? 0);
          hash.u32(proposal.pageNo ?? 0);
        }
        hash.number(proposal.generation);
        return;
      }
      case 'read':
        hash.number(event.request);
        hash.u64(event.query.kind === 'record' ? event.query.lsn : 0n);
        hash.u32(event.consistency === 'local' ? 0 : 1);
        return;
      case 'cancel':
        hash.number(event.request);
        return;
      case 'diskDone':
        hash.number(event.id);
        for (const read of event.reads) hash.bytes(read);
        return;
      case 'diskFailed':
        hash.number(event.id);
        hash.u32(event.failure === 'full' ? 0 : 1);
        return;
      case 'tick':
      case 'shutdown':
    }
  }

  private hashEffect(replica: number, effect: Effect): void {
    const { hash } = this;
    hash.u32(EFFECT_TAGS[effect.kind] | (replica << 8));
    switch (effect.kind) {
      case 'send':
        hash.text(effect.to);
        hash.bytes(effect.bytes);
        return;
      case 'disk':
        hash.number(effect.id);
        for (const stage of effect.stages) {
          hash.u32(stage.length);
          for (const operation of stage) this.hashOperation(operation);
        }
        return;
      case 'reply':
        hash.number(effect.request);
        this.hashAnswer(effect.answer);
        return;
      case 'observe':
        hash.text(effect.observation.what);
        if (effect.observation.what === 'committed') hash.number(effect.observation.index);
        if (effect.observation.what === 'roleChanged') hash.text(effect.observation.why);
        return;
      case 'halt':
        hash.text(effect.sentence);
    }
  }

  private hashOperation(operation: DiskOperation): void {
    const { hash } = this;
    hash.u32(OPERATION_TAGS[operation.op]);
    switch (operation.op) {
      case 'write':
        hash.text(operation.file);
        hash.number(operation.offset);
        for (const chunk of operation.chunks) hash.bytes(chunk);
        return;
      case 'truncate':
        hash.text(operation.file);
        hash.number(operation.size);
        return;
      case 'rename':
        hash.text(operation.from);
        hash.text(operation.to);
        return;
      case 'read':
        hash.text(operation.file);
        hash.number(operation.offset);
        hash.number(operation.length);
        return;
      case 'syncDirectory':
        hash.text(operation.directory);
        return;
      case 'sync':
      case 'remove':
        hash.text(operation.file);
    }
  }

  private hashAnswer(answer: Answer): void {
    const { hash } = this;
    hash.text(answer.kind);
    if ('sentence' in answer) hash.text(answer.sentence);
    if ('lsn' in answer) hash.u64(answer.lsn);
    if ('latestLsn' in answer) hash.u64(answer.latestLsn);
    if ('generation' in answer) hash.number(answer.generation);
    if (answer.kind === 'record') hash.bytes(answer.data);
    if (answer.kind === 'latest') hash.number(answer.recordCount);
    if (answer.kind === 'notLeader') hash.text(answer.leader?.url ?? '');
  }
}
