import type { Answer } from '../../engine/vocabulary/index.ts';
import type { Random } from '../random.ts';
import type { ClientHost } from './client_host.ts';
import { leaderHint } from './leader_hint.ts';
import { isDefinite, type RequestBody } from './request.ts';

/** How long a client waits before it asks again, at least and at most. */
const PAUSE_MS: readonly [number, number] = [5, 60];
const BUSY_PAUSE_MS: readonly [number, number] = [50, 400];

/** What to ask when no answer came in time: a page of half as many records, as a client does whose pages take too long. */
function lessOf(body: RequestBody): RequestBody {
  if (body.kind !== 'read' || body.query.kind !== 'range') return body;
  return { ...body, query: { ...body.query, countMax: Math.ceil(body.query.countMax / 2) } };
}

/** Whether to ask again after this answer, which settles nothing. */
export type IsWanted = (answer: Answer | undefined) => boolean;

/**
 * A client's way to the cluster: it believes in a leader, follows hints, gives up after a time and asks elsewhere, the
 * same thing again, until it knows for sure.
 */
export class Connection {
  private readonly client: string;
  private readonly host: ClientHost;
  private readonly random: Random;
  private believed: number;
  private pending = 0;

  constructor(client: string, host: ClientHost, random: Random) {
    this.client = client;
    this.host = host;
    this.random = random;
    this.believed = random.integer(0, host.replicaCount - 1);
  }

  /** Requests that have no definite answer yet. */
  get pendingCount(): number {
    return this.pending;
  }

  /**
   * Asks until the answer is definite, then tells; or until nobody wants to know any more, which is looked at whenever an
   * attempt has settled nothing and told with what it got. `done` gets undefined then.
   */
  call(body: RequestBody, done: (answer: Answer | undefined) => void, isWanted: IsWanted = () => true): void {
    this.pending += 1;
    this.attempt(body, isWanted, (answer) => {
      this.pending -= 1;
      done(answer);
    });
  }

  /** Asks one replica once. `done` gets undefined when no answer came. */
  askOnce(replica: number, body: RequestBody, done: (answer: Answer | undefined) => void): void {
    this.send(replica, body, done);
  }

  private attempt(body: RequestBody, isWanted: IsWanted, done: (answer: Answer | undefined) => void): void {
    const { replicaCount, wanders } = this.host;
    const replica = this.random.chance(wanders) ? this.random.integer(0, replicaCount - 1) : this.believed;
    this.send(replica, body, (answer) => {
      if (answer !== undefined && isDefinite(answer)) {
        done(answer);
        return;
      }
      if (!isWanted(answer)) {
        done(undefined);
        return;
      }
      this.learn(replica, answer);
      const [low, high] = answer?.kind === 'overloaded' ? BUSY_PAUSE_MS : PAUSE_MS;
      const next = answer === undefined ? lessOf(body) : body;
      this.host.queue.after(this.random.between(low, high), () => this.attempt(next, isWanted, done));
    });
  }

  /** Where to ask next, after an answer that settled nothing. */
  private learn(replica: number, answer: Answer | undefined): void {
    // Another request of this connection may have learnt better meanwhile.
    if (this.believed !== replica || answer?.kind === 'overloaded') return;
    const hint = leaderHint(this.host, answer);
    if (hint !== undefined && hint !== replica) this.believed = hint;
    else if (answer?.kind !== 'unknown' || this.random.chance(0.5)) {
      this.believed = (replica + this.random.integer(1, this.host.replicaCount - 1)) % this.host.replicaCount;
    }
  }

  private send(replica: number, body: RequestBody, done: (answer: Answer | undefined) => void): void {
    const { host } = this;
    let waiting = true;
    const settle = (answer: Answer | undefined): void => {
      if (!waiting) return;
      waiting = false;
      timeout.cancelled = true;
      done(answer);
    };
    const timeout = host.queue.after(host.requestTimeoutMs * this.random.between(0.5, 1.5), () => {
      if (this.random.chance(host.cancels)) close();
      settle(undefined);
    });
    const close = host.ask(this.client, replica, body, settle);
  }
}
