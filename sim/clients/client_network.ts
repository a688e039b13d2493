import type { EventQueue } from '../event_queue.ts';
import { type ClientNetworkParameters, HEALTHY_CLIENT_NETWORK } from '../network/parameters.ts';
import type { Random } from '../random.ts';

/** Between clients and replicas. A request may arrive though its answer is lost: then the client is in doubt. */
export class ClientNetwork {
  private readonly queue: EventQueue;
  private readonly random: Random;
  private parameters: ClientNetworkParameters;
  /** How many cuts keep clients from each replica. */
  private readonly cuts: number[];

  constructor(queue: EventQueue, random: Random, parameters: ClientNetworkParameters, replicaCount: number) {
    this.queue = queue;
    this.random = random;
    this.parameters = parameters;
    this.cuts = new Array<number>(replicaCount).fill(0);
  }

  request(replica: number, arrive: () => void): void {
    this.carry(replica, this.parameters.requestLoss, arrive);
  }

  answer(replica: number, arrive: () => void): void {
    this.carry(replica, this.parameters.answerLoss, arrive);
  }

  /** Until the returned function is called. */
  cut(replica: number): () => void {
    this.cuts[replica] = (this.cuts[replica] ?? 0) + 1;
    let isCut = true;
    return () => {
      if (isCut) this.cuts[replica] = (this.cuts[replica] ?? 1) - 1;
      isCut = false;
    };
  }

  heal(): void {
    this.parameters = HEALTHY_CLIENT_NETWORK;
  }

  private carry(replica: number, loss: number, arrive: () => void): void {
    if (this.random.chance(loss)) return;
    const delayMs = this.random.heavyTailed(this.parameters.delayMinimumMs, this.parameters.delayMeanMs);
    this.queue.after(delayMs, () => {
      if (this.cuts[replica] === 0) arrive();
    });
  }
}
