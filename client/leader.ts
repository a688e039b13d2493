import { judge } from './answers.ts';
import { sleep } from './backoff.ts';
import type { Connection } from './connection.ts';

const PING_TIMEOUT_MS = 750;
const POLL_MS = 100;
/** A leader may hand over without failing anyone, and then only forwards: it is asked again after this long. */
const LEADER_TRUSTED_MS = 10_000;
/** A replica that does not lead is used for this long before the leader is looked for again. */
const STOPGAP_MS = 1_000;

/** How a replica answered a ping: it leads, it is up, or it said nothing. */
type Health = 'leader' | 'up' | 'silent';

/**
 * Knows which replica to talk to. Any replica would do, since a follower forwards; the leader saves the way round. What
 * ping says may be stale (a deposed leader may not know yet), so whoever just failed is believed last.
 */
export class Leader {
  readonly #connections: readonly Connection[];
  readonly #pingPath: string;
  #current: Connection | undefined;
  #currentLeads = false;
  #currentUntilMs = 0;
  #failed: Connection | undefined;
  #search: Promise<Connection | undefined> | undefined;

  constructor(connections: readonly Connection[], pingPath: string) {
    this.#connections = connections;
    this.#pingPath = pingPath;
  }

  /** The replica to ask: the leader, else one that is up and may forward. undefined: none can be reached. */
  async pick(): Promise<Connection | undefined> {
    if (this.#current !== undefined && performance.now() < this.#currentUntilMs) return this.#current;
    return await this.#searchOnce();
  }

  /** `connection` could not serve a request: look again, and believe it last. */
  failed(connection: Connection): void {
    this.#failed = connection;
    if (this.#current === connection) this.#current = undefined;
  }

  /** `connection` does not lead: look again. Of all replicas it may be the next one that does. */
  leave(connection: Connection): void {
    if (this.#failed === connection) this.#failed = undefined;
    if (this.#current === connection) this.#current = undefined;
  }

  /** `connection` served a request. @returns whether it is the one to ask now, not just one with a late answer. */
  succeeded(connection: Connection): boolean {
    if (this.#failed === connection) this.#failed = undefined;
    return this.#current === connection;
  }

  /** Waits up to `waitMs`, or until a replica that did not just fail says that it leads, or until `signal` fires. */
  async awaitLeader(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const end = performance.now() + waitMs;
    for (;;) {
      await sleep(Math.min(POLL_MS, Math.max(0, end - performance.now())), signal);
      if (signal?.aborted === true || performance.now() >= end) return;
      if (!this.#currentLeads || this.#current === undefined) await this.#searchOnce();
      if (this.#currentLeads && this.#current !== undefined && this.#current !== this.#failed) return;
    }
  }

  /** True when `connection` still answers and no other replica says that it leads. */
  async stillGood(connection: Connection): Promise<boolean> {
    const health = await this.#ping(connection);
    if (health !== 'up') return health === 'leader';
    const others = this.#connections.filter((other) => other !== connection);
    return (await Promise.all(others.map((other) => this.#ping(other)))).every((other) => other !== 'leader');
  }

  /** However many need to know, one search serves them. */
  async #searchOnce(): Promise<Connection | undefined> {
    this.#search ??= this.#look().finally(() => {
      this.#search = undefined;
    });
    return await this.#search;
  }

  /** Asks all at once. The first leader that did not just fail is taken at once; otherwise all are heard. */
  async #look(): Promise<Connection | undefined> {
    const failed = this.#failed;
    const found = await new Promise<Found>((resolve) => {
      const healths = this.#connections.map(async (connection) => {
        const health = await this.#ping(connection);
        if (health === 'leader' && connection !== failed) resolve({ connection, leads: true });
        return { connection, health };
      });
      void Promise.all(healths).then((all) => resolve(best(all, failed)));
    });
    this.#current = found.connection;
    this.#currentLeads = found.leads;
    this.#currentUntilMs = performance.now() + (found.leads ? LEADER_TRUSTED_MS : STOPGAP_MS);
    return found.connection;
  }

  async #ping(connection: Connection): Promise<Health> {
    try {
      const request = { lane: 'read', method: 'GET', path: this.#pingPath, timeoutMs: PING_TIMEOUT_MS } as const;
      const verdict = judge(await connection.request(request), connection.url);
      return verdict.kind === 'success' && verdict.body.state === 'leader' ? 'leader' : 'up';
    } catch {
      return 'silent';
    }
  }
}

interface Found {
  readonly connection: Connection | undefined;
  readonly leads: boolean;
}

interface Heard {
  readonly connection: Connection;
  readonly health: Health;
}

/** Best first: who leads and did not just fail (taken before), who is up and did not just fail, who failed but leads or is up. */
function best(all: readonly Heard[], failed: Connection | undefined): Found {
  const up = all.filter(({ health }) => health !== 'silent');
  const leads = up.find(({ health }) => health === 'leader');
  if (leads !== undefined) return { connection: leads.connection, leads: true };
  const other = up.find(({ connection }) => connection !== failed) ?? up[0];
  return { connection: other?.connection, leads: false };
}
