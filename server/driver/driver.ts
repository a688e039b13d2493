import type {
  Answer,
  Consistency,
  Effect,
  Event,
  FoundFile,
  NodeConfig,
  NodeStatus,
  Proposal,
  Query,
  RequestId,
  SingleEvent,
} from '../../engine/index.ts';
import { DeadlineTimer } from './deadline_timer.ts';
import type { Engine } from './engine.ts';
import type { World } from './world.ts';

/** A request on its way. */
export interface PendingRequest {
  /** Never rejects. */
  readonly answer: Promise<Answer>;
  /** Nobody waits any more: the answer becomes `unknown`, and what was proposed may be stored all the same. */
  cancel(): void;
}

/**
 * The server's whole loop: take what has come in this turn of the event loop, step, run the effects in order, arm the one
 * timer. Under load a turn brings many requests or messages: they share a step, and with it a log write and an append. What
 * comes while the effects run waits for the next turn.
 */
export class Driver<Node> {
  readonly #engine: Engine<Node>;
  readonly #world: World;
  readonly #timer: DeadlineTimer;
  #waiting: SingleEvent[] = [];
  #isPlanned = false;
  readonly #replies = new Map<RequestId, (answer: Answer) => void>();
  #node: Node;
  #stopped = false;
  #lastRequest: RequestId = 0;

  constructor(engine: Engine<Node>, world: World, config: NodeConfig, seed: number) {
    this.#engine = engine;
    this.#world = world;
    this.#node = engine.createNode(config, seed);
    this.#timer = new DeadlineTimer(world, () => this.#deliver({ kind: 'tick', now: world.nowMs() }));
  }

  /** The process began: `files` is everything below the data directory, `entropy` at least 32 random bytes. */
  start(files: readonly FoundFile[], entropy: Uint8Array): void {
    this.#deliver({ kind: 'start', now: this.#world.nowMs(), files, entropy });
  }

  /** Bytes of one message from a peer. */
  message(bytes: Uint8Array): void {
    this.#deliver({ kind: 'message', now: this.#world.nowMs(), bytes });
  }

  propose(proposal: Proposal): PendingRequest {
    return promised((onAnswer) => this.submit(proposal, onAnswer));
  }

  /** The same by a callback, which is called once and not before this returns; the result cancels. */
  submit(proposal: Proposal, onAnswer: (answer: Answer) => void): () => void {
    return this.#request((request) => ({ kind: 'propose', now: this.#world.nowMs(), request, proposal }), onAnswer);
  }

  read(query: Query, consistency: Consistency): PendingRequest {
    return promised((onAnswer) =>
      this.#request((request) => ({ kind: 'read', now: this.#world.nowMs(), request, query, consistency }), onAnswer),
    );
  }

  /** Asks the engine to stop; `World.halted` tells when it has. */
  shutdown(): void {
    this.#deliver({ kind: 'shutdown', now: this.#world.nowMs() });
  }

  status(): NodeStatus {
    return this.#engine.status(this.#node);
  }

  #request(event: (request: RequestId) => SingleEvent, onAnswer: (answer: Answer) => void): () => void {
    if (this.#stopped) {
      queueMicrotask(() => onAnswer({ kind: 'unavailable', sentence: 'This replica has stopped.' }));
      return () => undefined;
    }
    const request = ++this.#lastRequest;
    this.#replies.set(request, onAnswer);
    this.#deliver(event(request));
    return () => this.#cancel(request);
  }

  #cancel(request: RequestId): void {
    if (!this.#replies.has(request)) return;
    this.#reply(request, { kind: 'unknown', sentence: 'The client went away.' });
    this.#deliver({ kind: 'cancel', now: this.#world.nowMs(), request });
  }

  #reply(request: RequestId, answer: Answer): void {
    const resolve = this.#replies.get(request);
    this.#replies.delete(request);
    resolve?.(answer);
  }

  #deliver(event: SingleEvent): void {
    if (this.#stopped) return;
    this.#waiting.push(event);
    this.#planTurn();
  }

  #planTurn(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#world.endOfTurn(() => this.#takeTurn());
  }

  #takeTurn(): void {
    const events = this.#waiting;
    const last = events[events.length - 1];
    if (this.#stopped || last === undefined) return;
    this.#waiting = [];
    this.#step(events.length === 1 ? last : { kind: 'batch', now: last.now, events });
    this.#isPlanned = false;
    if (this.#stopped) return;
    // What came while the effects ran.
    if (this.#waiting.length > 0) this.#planTurn();
    this.#timer.arm(this.#engine.nextDeadline(this.#node));
  }

  #step(event: Event): void {
    let effects: readonly Effect[];
    try {
      ({ node: this.#node, effects } = this.#engine.step(this.#node, event));
    } catch (error) {
      this.#stop('A bug stopped this replica. What was sent may be stored or not.');
      this.#world.crashed(error);
      return;
    }
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#world.send(effect.to, effect.bytes);
        return;
      case 'disk': {
        const { id } = effect;
        this.#world.runDisk(effect, (outcome) => {
          const now = this.#world.nowMs();
          this.#deliver(
            outcome.ok
              ? { kind: 'diskDone', now, id, reads: outcome.reads }
              : { kind: 'diskFailed', now, id, failure: outcome.failure, reason: outcome.reason },
          );
        });
        return;
      }
      case 'reply':
        this.#reply(effect.request, effect.answer);
        return;
      case 'observe':
        this.#world.observe(effect.observation);
        return;
      case 'halt':
        this.#stop(`This replica stopped before it could answer: ${effect.sentence}`);
        this.#world.halted(effect.cause, effect.sentence);
        return;
    }
  }

  #stop(sentence: string): void {
    this.#stopped = true;
    this.#timer.cancel();
    this.#waiting = [];
    for (const request of [...this.#replies.keys()]) this.#reply(request, { kind: 'unknown', sentence });
  }
}

function promised(begin: (onAnswer: (answer: Answer) => void) => () => void): PendingRequest {
  let cancel = (): void => undefined;
  const answer = new Promise<Answer>((resolve) => {
    cancel = begin(resolve);
  });
  return { answer, cancel };
}
