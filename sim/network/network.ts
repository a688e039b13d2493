import type { EventQueue } from '../event_queue.ts';
import type { Random } from '../random.ts';
import { HEALTHY_NETWORK, type NetworkParameters } from './parameters.ts';

/** What the network does with a message when it arrives. `number` counts the messages ever sent. */
export type Deliver = (to: number, from: number, bytes: Uint8Array, number: number) => void;

/** One direction between two replicas. */
interface Link {
  readonly from: number;
  readonly to: number;
  readonly random: Random;
  /** How many cuts go through it. */
  cuts: number;
  cloggedUntilMs: number;
  lastArrivalMs: number;
  inFlight: number;
}

export interface NetworkCounts {
  sent: number;
  lost: number;
  duplicated: number;
  replayed: number;
  delivered: number;
}

/** Carries bytes between replicas: late, twice, in another order, much later once more, or never. Never altered. */
export class SimulatedNetwork {
  readonly counts: NetworkCounts = { sent: 0, lost: 0, duplicated: 0, replayed: 0, delivered: 0 };
  private readonly queue: EventQueue;
  private readonly links: Link[] = [];
  private readonly size: number;
  private readonly deliver: Deliver;
  private parameters: NetworkParameters;

  constructor(queue: EventQueue, random: Random, parameters: NetworkParameters, size: number, deliver: Deliver) {
    this.queue = queue;
    this.parameters = parameters;
    this.size = size;
    this.deliver = deliver;
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) {
        const link = random.fork(`${from} to ${to}`);
        this.links.push({ from, to, random: link, cuts: 0, cloggedUntilMs: 0, lastArrivalMs: 0, inFlight: 0 });
      }
    }
  }

  send(from: number, to: number, bytes: Uint8Array): number {
    const number = this.counts.sent++;
    const link = this.link(from, to);
    const { parameters } = this;
    if (link.cuts > 0 || link.inFlight >= parameters.queueMax || link.random.chance(parameters.loss)) {
      this.counts.lost += 1;
      return number;
    }
    this.carry(link, bytes, number, this.delayMs(link));
    if (link.random.chance(parameters.duplicate)) {
      this.counts.duplicated += 1;
      this.carry(link, bytes, number, this.delayMs(link));
    }
    if (link.random.chance(parameters.replay)) {
      this.counts.replayed += 1;
      const lateMs = link.random.between(0, parameters.replayWithinMs);
      this.queue.after(lateMs, () => this.arrive(link, bytes, number));
    }
    return number;
  }

  /** Cuts these directed links until the returned function is called. Cuts add up. */
  cut(links: readonly (readonly [from: number, to: number])[]): () => void {
    for (const [from, to] of links) this.link(from, to).cuts += 1;
    let isCut = true;
    return () => {
      if (!isCut) return;
      isCut = false;
      for (const [from, to] of links) this.link(from, to).cuts -= 1;
    };
  }

  /** What is sent from now on waits until then. */
  clog(from: number, to: number, forMs: number): void {
    const link = this.link(from, to);
    link.cloggedUntilMs = Math.max(link.cloggedUntilMs, this.queue.nowMs + forMs);
  }

  /** Whether a message from one to the other could arrive. */
  connects(from: number, to: number): boolean {
    return this.link(from, to).cuts === 0;
  }

  heal(): void {
    this.parameters = HEALTHY_NETWORK;
    for (const link of this.links) link.cloggedUntilMs = 0;
  }

  private delayMs(link: Link): number {
    return link.random.heavyTailed(this.parameters.delayMinimumMs, this.parameters.delayMeanMs);
  }

  private carry(link: Link, bytes: Uint8Array, number: number, delayMs: number): void {
    const { nowMs } = this.queue;
    // A clogged link lets go of everything in one burst; the delay then only decides the order.
    let arrivesMs = nowMs + delayMs;
    if (link.cloggedUntilMs > nowMs) arrivesMs = Math.max(arrivesMs, link.cloggedUntilMs + delayMs / 16);
    if (this.parameters.ordered) arrivesMs = Math.max(arrivesMs, link.lastArrivalMs);
    link.lastArrivalMs = Math.max(link.lastArrivalMs, arrivesMs);
    link.inFlight += 1;
    this.queue.at(arrivesMs, () => {
      link.inFlight -= 1;
      this.arrive(link, bytes, number);
    });
  }

  private arrive(link: Link, bytes: Uint8Array, number: number): void {
    if (link.cuts > 0) {
      this.counts.lost += 1;
      return;
    }
    this.counts.delivered += 1;
    this.deliver(link.to, link.from, bytes, number);
  }

  private link(from: number, to: number): Link {
    const link = this.links[from * this.size + to];
    if (link === undefined) throw new RangeError(`no link from ${from} to ${to}`);
    return link;
  }
}
