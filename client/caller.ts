import { type JsonObject, judge, type Retry } from './answers.ts';
import { backoffMs, sleep } from './backoff.ts';
import { AttemptFailed, type Connection, type HttpAnswer, type HttpRequest } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { AbortedError, ClosedError, type SafekeeperError, TimedOutError, UnavailableError } from './errors.ts';
import type { Leader } from './leader.ts';

/** What the client tells whoever listens. */
export type ClientEvent =
  /** The first success from another replica than the last one: at the start, and after every fail-over. */
  | { readonly kind: 'connected'; readonly url: string; readonly previousUrl: string | undefined }
  /** An attempt failed and is going to be repeated. */
  | { readonly kind: 'retrying'; readonly url: string | undefined; readonly reason: string; readonly waitMs: number };

/** What is repeated until it succeeds. */
export interface Repeated {
  /** What is asked, for error sentences: `writing LSN 1000`. */
  readonly what: string;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
  /** Ask this replica and no other. */
  readonly only?: Connection | undefined;
}

export type Call = Repeated & Pick<HttpRequest, 'lane' | 'method' | 'path' | 'body'>;

/** Attempts that took longer than this are given up and repeated; a silent replica is noticed much earlier. */
const ATTEMPT_TIMEOUT_MS = 30_000;
/** With less time left than this, another attempt would only end in doubt. */
const LAST_ATTEMPT_MS = 10;

/**
 * Repeats a request until there is a definite answer or the deadline passes. Repeating is safe for every request of this
 * API: the same record again is success.
 */
export class Caller {
  readonly #leader: Leader;
  readonly #onEvent: (event: ClientEvent) => void;
  readonly #closed: AbortSignal;
  #connectedTo: string | undefined;

  constructor(leader: Leader, closed: AbortSignal, onEvent: (event: ClientEvent) => void) {
    this.#leader = leader;
    this.#closed = closed;
    this.#onEvent = onEvent;
  }

  /**
   * @throws a SafekeeperError: the definite failure the cluster answered, or `timed_out`, `unavailable`, `aborted`,
   * `closed`.
   */
  async call(call: Call): Promise<JsonObject> {
    let mayHaveHappened = false;
    this.throwIfOver(call);
    for (let attempt = 1; ; attempt += 1) {
      const connection = call.only ?? (await this.#leader.pick());
      this.throwIfOver(call);
      const outcome = connection === undefined ? UNREACHABLE : await this.#attempt(call, connection);
      if (!('kind' in outcome)) return outcome.body;
      this.throwIfOver(call);
      mayHaveHappened ||= outcome.mayHaveHappened;
      await this.beforeNext(call, { ...outcome, mayHaveHappened }, connection, attempt);
    }
  }

  /**
   * Waits as long as is good after attempt number `attempt` (from 1) has failed.
   * @throws SafekeeperError when no time is left, or nobody wants to know any more.
   */
  async beforeNext(call: Repeated, outcome: Retry, connection: Connection | undefined, attempt: number): Promise<void> {
    this.throwIfOver(call);
    const giveUp = () => givenUp(call, outcome.mayHaveHappened, outcome.reason, connection?.url);
    if (call.deadline.leftMs < LAST_ATTEMPT_MS) throw giveUp();
    if (outcome.elsewhere && connection !== undefined) {
      if (outcome.follows === true) this.#leader.leave(connection);
      else this.#leader.failed(connection);
    }
    const waitMs = Math.min(Math.max(backoffMs(attempt), outcome.waitMs ?? 0), call.deadline.leftMs);
    this.#onEvent({ kind: 'retrying', url: connection?.url, reason: outcome.reason, waitMs });
    if (outcome.elsewhere && call.only === undefined) await this.#leader.awaitLeader(waitMs, call.signal);
    else await sleep(waitMs, call.signal);
    this.throwIfOver(call);
    if (call.deadline.leftMs < LAST_ATTEMPT_MS) throw giveUp();
  }

  /** `connection` served what only the leader can. */
  served(connection: Connection): void {
    if (this.#leader.succeeded(connection)) this.#connected(connection.url);
  }

  async #attempt(call: Call, connection: Connection): Promise<{ body: JsonObject } | Retry> {
    const { lane, method, path, body, signal } = call;
    const timeoutMs = Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, call.deadline.leftMs));
    let answer: HttpAnswer;
    try {
      answer = await connection.request({ lane, method, path, body, signal, timeoutMs });
    } catch (error) {
      return networkFailure(connection.url, error);
    }
    const verdict = judge(answer, connection.url);
    if (verdict.kind === 'failure') throw verdict.error;
    if (verdict.kind === 'retry') return verdict;
    const current = this.#leader.succeeded(connection);
    if (lane === 'write' && current) this.#connected(connection.url);
    return { body: verdict.body };
  }

  #connected(url: string): void {
    const previousUrl = this.#connectedTo;
    if (previousUrl === url) return;
    this.#connectedTo = url;
    this.#onEvent({ kind: 'connected', url, previousUrl });
  }

  /** @throws ClosedError or AbortedError. */
  throwIfOver(call: Pick<Call, 'signal'>): void {
    if (this.#closed.aborted) throw new ClosedError();
    if (call.signal?.aborted === true) throw new AbortedError({ cause: call.signal.reason });
  }
}

/** No replica answers at all. */
export const UNREACHABLE: Retry = {
  kind: 'retry',
  reason: 'No replica can be reached.',
  elsewhere: true,
  mayHaveHappened: false,
  waitMs: undefined,
};

/** What an attempt that ended without an answer means. */
export function networkFailure(url: string, error: unknown): Retry {
  const what = error instanceof Error ? error.message : 'the connection failed';
  const mayHaveHappened = !(error instanceof AttemptFailed) || error.maybeSent;
  return { kind: 'retry', reason: `${url}: ${what}.`, elsewhere: true, mayHaveHappened, waitMs: undefined };
}

function givenUp(call: Repeated, mayHaveHappened: boolean, reason: string, url: string | undefined): SafekeeperError {
  const sentence = `Gave up ${call.what} after ${call.deadline.allowedMs / 1_000} s without success. Last: ${reason}`;
  return mayHaveHappened ? new TimedOutError(sentence, { url }) : new UnavailableError(sentence, { url });
}
