import type {
  Answer,
  Effect,
  Event,
  SingleEvent,
  NodeConfig,
  PeerUrl,
  RequestId,
  Role,
} from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import type { DiskOutcome, SimulatedDisk } from '../disk/disk.ts';
import type { EngineNode, EngineUnderTest } from '../engine_under_test.ts';
import type { EventQueue, Scheduled } from '../event_queue.ts';
import type { Random } from '../random.ts';
import type { NodeClock } from './clock.ts';

/** How a process came to its end. `halt`: by itself, after a fault. */
export type Ending = 'crash' | 'powerCut' | 'halt' | 'shutdown';

/** Is told what happens to a replica's process. */
export interface ProcessWatcher {
  /** A process is about to get its first event; its disk is as it finds it. */
  started(replica: Replica): void;
  /** The node took an event; none of the effects has been carried out yet. */
  stepped(replica: Replica, event: Event, after: EngineNode, effects: readonly Effect[]): void;
  /** This effect is being carried out now; a crash may keep those behind it from it. */
  effect(replica: Replica, effect: Effect): void;
  /** A request arrived. */
  asked(replica: Replica, request: ClientRequest): void;
  /** The node gave its answer, which may still be lost. */
  answered(replica: Replica, request: ClientRequest, answer: Answer): void;
  /** The process is about to go; this was its state. `isInStep`: some effects of its last step will never be carried out. */
  ending(replica: Replica, node: EngineNode, ending: Ending, isInStep: boolean): void;
  /** The process is gone, and the disk is as the next one will find it. */
  ended(replica: Replica, ending: Ending): void;
}

/** What a replica needs of the world. */
export interface ReplicaHost {
  readonly engine: EngineUnderTest;
  readonly queue: EventQueue;
  readonly observer: ProcessWatcher;
  send(from: Replica, to: PeerUrl, bytes: Uint8Array): void;
  /** The request's answer leaves the replica; undefined: the connection broke. */
  respond(replica: Replica, request: ClientRequest, answer: Answer | undefined): void;
  /** The process is gone. */
  ended(replica: Replica, ending: Ending): void;
}

/** What befell a replica for good. */
export interface Losses {
  /** It never starts again. */
  dead: boolean;
  /** Its data directory is not the one that made its promises. */
  lost: boolean;
  /** What it synced, in the directory that made its promises, is damaged. */
  rotten: boolean;
}

/** Standing still, a process finds at most so much waiting for it. */
const INBOX_MAX = 20_000;

/**
 * One replica's machine: a disk, a clock, and a process that is there or not. The process drives the engine as the
 * server does: take an event, `step`, carry out the effects in their order, arm one timer.
 */
export class Replica {
  readonly number: number;
  readonly config: NodeConfig;
  readonly disk: SimulatedDisk;
  readonly clock: NodeClock;
  /** Why the cluster must do without it, if it must; the one does not undo the other. */
  readonly losses: Losses = { dead: false, lost: false, rotten: false };
  /** How often a process was started here. */
  starts = 0;
  /** When the last one was, in virtual milliseconds. */
  startedAtMs = 0;
  /** What the process last said of itself. */
  role: Role = 'follower';
  term = 0;
  /** What comes within so long is taken together; 0: each event by itself. */
  private readonly turnMs: number;
  private readonly host: ReplicaHost;
  private readonly random: Random;
  private state: EngineNode | undefined;
  private paused = false;
  /** How long the process takes over each event; 0: no time at all. */
  private eventMs = 0;
  /** What has come and was not taken yet, in its order. */
  private waiting: MakeEvent[] = [];
  private nextTurn: Scheduled | undefined;
  private isStepping = false;
  private timer: Scheduled | undefined;
  private doom: { effectsLeft: number; readonly ending: 'crash' | 'powerCut'; readonly atOnce: boolean } | undefined;
  private nextRequest = 1;
  private readonly requests = new Map<RequestId, ClientRequest>();

  constructor(
    number: number,
    config: NodeConfig,
    disk: SimulatedDisk,
    clock: NodeClock,
    random: Random,
    host: ReplicaHost,
    turnMs = 0,
  ) {
    this.number = number;
    this.config = config;
    this.disk = disk;
    this.clock = clock;
    this.random = random;
    this.host = host;
    this.turnMs = turnMs;
  }

  get name(): string {
    return this.config.replicaId;
  }

  /** The engine's state, while there is a process. */
  get node(): EngineNode | undefined {
    return this.state;
  }

  /** Whether the cluster must do without it. */
  get isSpent(): boolean {
    const { dead, lost, rotten } = this.losses;
    return dead || lost || rotten;
  }

  get isUp(): boolean {
    return this.state !== undefined;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  start(): void {
    if (this.isUp || this.losses.dead) return;
    this.starts += 1;
    this.startedAtMs = this.host.queue.nowMs;
    this.nextRequest = 1;
    const random = this.random.fork(`start ${this.starts}`);
    this.state = this.host.engine.createNode(this.config, random.integer(0, 0xffff_ffff));
    this.host.observer.started(this);
    const files = this.disk.files.list();
    const entropy = random.bytes(32);
    this.step({ kind: 'start', now: this.clock.read(this.host.queue.nowMs), files, entropy });
  }

  /** The process, or the whole machine, ends: now, or in the middle of a step after so many effects. */
  endAfter(effects: number, ending: 'crash' | 'powerCut'): void {
    if (!this.isUp) {
      if (ending === 'powerCut') this.disk.powerCut();
      return;
    }
    if (effects > 0 || this.isStepping) this.doom = { effectsLeft: effects, ending, atOnce: effects === 0 };
    else this.end(ending, false);
  }

  /** From now on the process takes so long over each event; 0: it is as quick as ever, and has soon caught up. */
  slowDown(eventMs: number): void {
    this.eventMs = eventMs;
    if (eventMs > 0) return;
    this.cancelTurn();
    this.catchUp();
  }

  freezeClock(): void {
    this.clock.freeze(this.host.queue.nowMs);
    this.armTimer();
  }

  thawClock(): void {
    this.clock.thaw(this.host.queue.nowMs);
    this.armTimer();
  }

  pause(): void {
    this.paused = true;
    this.cancelTurn();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.eventMs === 0) this.catchUp();
    else this.planTurn();
  }

  stepClock(byMs: number): void {
    this.clock.step(byMs);
    this.armTimer();
  }

  receive(bytes: Uint8Array): void {
    this.take((now) => ({ kind: 'message', now, bytes }));
  }

  shutdown(): void {
    this.take((now) => ({ kind: 'shutdown', now }));
  }

  /** A client's request arrives. Returns what `cancel` takes, or undefined when nobody listens. */
  ask(request: ClientRequest): RequestId | undefined {
    if (!this.isUp) return undefined;
    const id = this.nextRequest++;
    this.requests.set(id, request);
    this.host.observer.asked(this, request);
    const { body } = request;
    this.take((now) =>
      body.kind === 'propose'
        ? { kind: 'propose', now, request: id, proposal: body.proposal }
        : { kind: 'read', now, request: id, query: body.query, consistency: body.consistency },
    );
    return id;
  }

  /** The client has gone, if this is still the process it asked. */
  cancel(id: RequestId, request: ClientRequest): void {
    if (this.requests.get(id) !== request) return;
    this.requests.delete(id);
    this.take((now) => ({ kind: 'cancel', now, request: id }));
  }

  private take(make: MakeEvent): void {
    if (!this.isUp) return;
    if (!this.paused && this.eventMs === 0 && this.turnMs === 0 && this.waiting.length === 0) {
      this.step(make(this.clock.read(this.host.queue.nowMs)));
      return;
    }
    if (this.waiting.length < INBOX_MAX) this.waiting.push(make);
    this.planTurn();
  }

  private planTurn(): void {
    if (this.paused || this.waiting.length === 0) return;
    this.nextTurn ??= this.host.queue.after(this.eventMs > 0 ? this.eventMs : this.turnMs, () => this.turn());
  }

  private cancelTurn(): void {
    if (this.nextTurn !== undefined) this.nextTurn.cancelled = true;
    this.nextTurn = undefined;
  }

  /** Takes what waits: one event when the process is slow, else all of them. */
  private turn(): void {
    this.nextTurn = undefined;
    if (this.eventMs === 0) {
      this.catchUp();
      return;
    }
    const make = this.waiting.shift();
    this.planTurn();
    if (make !== undefined) this.step(make(this.clock.read(this.host.queue.nowMs)));
  }

  /** Takes everything that waits, now: together when the process does so, else one by one. */
  private catchUp(): void {
    const now = this.clock.read(this.host.queue.nowMs);
    if (this.turnMs > 0 && this.waiting.length > 1) {
      const events = this.waiting.map((make) => make(now));
      this.waiting = [];
      this.step({ kind: 'batch', now, events });
      return;
    }
    // One of them may be the moment at which a fault stops the process.
    while (!this.paused) {
      const make = this.waiting.shift();
      if (make === undefined) return;
      this.step(make(now));
    }
  }

  private step(event: Event): void {
    const before = this.state;
    if (before === undefined) return;
    const { engine, observer } = this.host;
    const { node, effects } = engine.step(before, event);
    this.state = node;
    observer.stepped(this, event, node, effects);
    this.isStepping = true;
    this.carryOutAll(node, effects);
    this.isStepping = false;
    if (this.state === node) this.armTimer();
  }

  private carryOutAll(node: EngineNode, effects: readonly Effect[]): void {
    const { observer } = this.host;
    for (const effect of effects) {
      if (this.doom !== undefined) {
        if (this.doom.effectsLeft === 0) {
          this.end(this.doom.ending, true);
          return;
        }
        this.doom.effectsLeft -= 1;
      }
      observer.effect(this, effect);
      this.carryOut(effect);
      if (this.state !== node) return;
    }
    // Whoever watches may have wanted the end right behind the last effect.
    if (this.doom?.atOnce === true) this.end(this.doom.ending, false);
  }

  private carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.host.send(this, effect.to, effect.bytes);
        return;
      case 'disk': {
        const life = this.starts;
        this.disk.submit(effect, (outcome) => {
          if (life === this.starts) this.take((now) => eventOf(outcome, now));
        });
        return;
      }
      case 'reply': {
        const request = this.requests.get(effect.request);
        if (request === undefined) return;
        this.requests.delete(effect.request);
        this.host.observer.answered(this, request, effect.answer);
        this.host.respond(this, request, effect.answer);
        return;
      }
      case 'observe': {
        const { observation } = effect;
        if (observation.what === 'roleChanged') {
          this.role = observation.role;
          this.term = observation.term;
        }
        return;
      }
      case 'halt':
        this.end(effect.cause === 'shutdown' ? 'shutdown' : 'halt', false);
    }
  }

  private end(ending: Ending, isInStep: boolean): void {
    if (this.state === undefined) return;
    this.host.observer.ending(this, this.state, ending, isInStep);
    this.state = undefined;
    this.doom = undefined;
    this.paused = false;
    this.waiting = [];
    this.cancelTurn();
    this.role = 'follower';
    if (this.timer !== undefined) this.timer.cancelled = true;
    this.timer = undefined;
    if (ending === 'powerCut') this.disk.powerCut();
    else this.disk.crash();
    this.host.observer.ended(this, ending);
    const waiting = [...this.requests.values()];
    this.requests.clear();
    for (const request of waiting) this.host.respond(this, request, undefined);
    this.host.ended(this, ending);
  }

  /** One timer. A deadline that moved back is noticed when the timer fires, which is cheaper than arming it anew. */
  private armTimer(): void {
    const { queue, engine } = this.host;
    if (this.state === undefined) return;
    const deadlineMs = engine.nextDeadline(this.state);
    if (deadlineMs === null || this.clock.isFrozen) {
      if (this.timer !== undefined) this.timer.cancelled = true;
      this.timer = undefined;
      return;
    }
    const atMs = this.clock.worldTimeOf(deadlineMs, queue.nowMs);
    if (this.timer !== undefined) {
      if (this.timer.atMs <= atMs) return;
      this.timer.cancelled = true;
    }
    this.timer = queue.at(atMs, () => this.timerFired());
  }

  private timerFired(): void {
    this.timer = undefined;
    if (this.state === undefined) return;
    const deadlineMs = this.host.engine.nextDeadline(this.state);
    if (deadlineMs !== null && this.clock.read(this.host.queue.nowMs) >= deadlineMs) {
      this.take((now) => ({ kind: 'tick', now }));
    } else this.armTimer();
  }
}

/** An event as it will be when it is taken. */
type MakeEvent = (now: number) => SingleEvent;

function eventOf(outcome: DiskOutcome, now: number): SingleEvent {
  return outcome.kind === 'done'
    ? { kind: 'diskDone', now, id: outcome.id, reads: outcome.reads }
    : { kind: 'diskFailed', now, id: outcome.id, failure: outcome.failure, reason: outcome.reason };
}
