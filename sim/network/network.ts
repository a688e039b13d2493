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
  /** Counts the connections: what was sent over an earlier one and is still under way is lost. */
  connection: number;
}

export interface NetworkCounts {
  sent: number;
  lost: number;
  duplicated: number;
  replayed: number;
  damaged: number;
  held: number;
  delivered: number;
}

/** Loses or holds back the messages it is meant for. */
interface Filter {
  readonly matches: (from: number, to: number, bytes: Uint8Array) => boolean;
  readonly action: 'drop' | 'hold';
  readonly held: { readonly link: Link; readonly bytes: Uint8Array; readonly number: number }[];
}

/** Carries bytes between replicas: late, twice, in another order, much later once more, damaged, or never. */
export class SimulatedNetwork {
  readonly counts: NetworkCounts = {
    sent: 0,
    lost: 0,
    duplicated: 0,
    replayed: 0,
    damaged: 0,
    held: 0,
    delivered: 0,
  };
  private readonly queue: EventQueue;
  private readonly links: Link[] = [];
  private readonly size: number;
  private readonly deliver: Deliver;
  private readonly filters = new Set<Filter>();
  private parameters: NetworkParameters;

  constructor(queue: EventQueue, random: Random, parameters: NetworkParameters, size: number, deliver: Deliver) {
    this.queue = queue;
    this.parameters = parameters;
    this.size = size;
    this.deliver = deliver;
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) {
        const link = random.fork(`${from} to ${to}`);
        const nothing = { cuts: 0, cloggedUntilMs: 0, lastArrivalMs: 0, inFlight: 0, connection: 0 };
        this.links.push({ from, to, random: link, ...nothing });
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
    if (this.filters.size > 0 && this.isFiltered(link, bytes, number)) return number;
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

  /** The connection closes: what is under way is lost. What is sent from now on goes over the next one. */
  reset(from: number, to: number): void {
    this.link(from, to).connection += 1;
  }

  /** Until the returned function is called, which lets go of what was held, in its order. */
  filter(matches: Filter['matches'], action: Filter['action']): () => void {
    const filter: Filter = { matches, action, held: [] };
    this.filters.add(filter);
    return () => {
      if (!this.filters.delete(filter)) return;
      for (const { link, bytes, number } of filter.held) this.carry(link, bytes, number, this.delayMs(link));
    };
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
    const { connection } = link;
    this.queue.at(arrivesMs, () => {
      link.inFlight -= 1;
      if (link.connection === connection) this.arrive(link, bytes, number);
      else this.counts.lost += 1;
    });
  }

  private isFiltered(link: Link, bytes: Uint8Array, number: number): boolean {
    for (const filter of this.filters) {
      if (!filter.matches(link.from, link.to, bytes)) continue;
      if (filter.action === 'drop') this.counts.lost += 1;
      else {
        this.counts.held += 1;
        filter.held.push({ link, bytes, number });
      }
      return true;
    }
    return false;
  }

  private arrive(link: Link, bytes: Uint8Array, number: number): void {
    if (link.cuts > 0) {
      this.counts.lost += 1;
      return;
    }
    this.counts.delivered += 1;
    if (link.random.chance(this.parameters.damaged ?? 0)) {
      this.counts.damaged += 1;
      this.deliver(link.to, link.from, damage(bytes, link.random), number);
    } else this.deliver(link.to, link.from, bytes, number);
  }

  private link(from: number, to: number): Link {
    const link = this.links[from * this.size + to];
    if (link === undefined) throw new RangeError(`no link from ${from} to ${to}`);
    return link;
  }
}

/** A copy of a message with a bit flipped, its end missing, or something behind it. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  switch (random.integer(0, 2)) {
    case 0: {
      const copy = bytes.slice();
      const at = random.integer(0, bytes.length - 1);
      copy[at] = (copy[at] as number) ^ (1 << random.integer(0, 7));
      return copy;
    }
    case 1:
      return bytes.slice(0, random.integer(0, bytes.length - 1));
    default: {
      const copy = new Uint8Array(bytes.length + random.integer(1, 20));
      copy.set(bytes);
      return copy;
    }
  }
}
