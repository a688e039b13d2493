import { Client, Pool } from 'undici';
import { SilenceWatch } from './silence_watch.ts';
import type { StreamTarget } from './stream/open_request.ts';
import type { TlsOptions } from './tls_options.ts';

/**
 * `write` is one connection with pipelining: requests reach the replica in the order they were made, and answers that
 * come in the same order delay nobody. `read` is a few connections, so that a question never waits behind a write.
 */
export type Lane = 'write' | 'read';

export interface HttpRequest {
  readonly lane: Lane;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: Uint8Array | undefined;
  /** Abandon the attempt when there is no complete answer after this many milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The `Retry-After` header, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** A request without an answer. */
export class AttemptFailed extends Error {
  /** False when no connection was there to carry the request, so that nothing can have come of it. */
  readonly maybeSent: boolean;

  constructor(maybeSent: boolean, cause: unknown) {
    super(cause instanceof Error && cause.message !== '' ? cause.message : 'the connection failed', { cause });
    this.maybeSent = maybeSent;
  }
}

const PIPELINED_REQUESTS_MAX = 1_024;
const READ_CONNECTIONS = 8;
const CONNECT_TIMEOUT_MS = 2_000;
const IDLE_CONNECTION_MS = 60_000;

export interface ConnectionOptions {
  /** The replica's origin, such as `http://localhost:8090`. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  readonly silenceMs: number;
  /** Called when writes are open and the replica has answered nothing for `silenceMs`, again and again. */
  readonly onSilent: () => void;
}

/** The long-lived connections to one replica. */
export class Connection {
  /** The replica's origin, such as `http://localhost:8090`. */
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tls: TlsOptions;
  readonly #writes: Client;
  readonly #reads: Pool;
  readonly #open = new Set<AbortController>();
  readonly #silence: SilenceWatch;
  /** Connections that are up now, and that ever were, of both lanes. */
  #connectedNow = 0;
  #connectedEver = 0;

  constructor({ url, headers, tls, silenceMs, onSilent }: ConnectionOptions) {
    this.url = url;
    this.#headers = headers;
    this.#tls = tls;
    const common = { connect: { ...tls, timeout: CONNECT_TIMEOUT_MS }, keepAliveTimeout: IDLE_CONNECTION_MS };
    this.#writes = new Client(url, { ...common, pipelining: PIPELINED_REQUESTS_MAX });
    this.#reads = new Pool(url, { ...common, connections: READ_CONNECTIONS });
    this.#silence = new SilenceWatch(silenceMs, onSilent);
    for (const dispatcher of [this.#writes, this.#reads]) {
      dispatcher.on('connect', () => {
        this.#connectedNow += 1;
        this.#connectedEver += 1;
      });
      dispatcher.on('disconnect', () => {
        this.#connectedNow -= 1;
      });
    }
  }

  /** What a stream needs to open a connection of its own to this replica. */
  get target(): StreamTarget {
    return { url: this.url, headers: this.#headers, tls: this.#tls };
  }

  /** @throws AttemptFailed: refused, reset, closed, no answer in time, aborted. */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const { lane, method, path, body, timeoutMs, signal } = request;
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    if (lane === 'write') {
      this.#open.add(controller);
      this.#silence.began();
    }
    const connectedBefore = this.#connectedNow > 0;
    const everBefore = this.#connectedEver;
    try {
      const dispatcher = lane === 'write' ? this.#writes : this.#reads;
      const response = await dispatcher.request({
        method,
        path,
        headers: body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' },
        body: body ?? null,
        signal: controller.signal,
        // Every request of this API may be repeated, which is what lets several share a connection.
        idempotent: true,
        blocking: false,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const text = await response.body.text();
      if (lane === 'write') this.#silence.heard();
      return { status: response.statusCode, body: text, retryAfterMs: retryAfterMs(response.headers['retry-after']) };
    } catch (error) {
      // undici sends what was pipelined behind a broken request again by itself, so "refused" alone proves nothing.
      throw new AttemptFailed(connectedBefore || this.#connectedEver > everBefore, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (lane === 'write') {
        this.#open.delete(controller);
        this.#silence.ended();
      }
    }
  }

  /** Fails every open write, so that its caller tries elsewhere. */
  abandonWrites(reason: Error): void {
    for (const controller of this.#open) controller.abort(reason);
  }

  async close(): Promise<void> {
    this.abandonWrites(new Error('the client was closed'));
    await Promise.all([this.#writes.destroy(), this.#reads.destroy()]);
  }
}

/** RFC 9110, section 10.2.3: a number of seconds, or a date. A fraction of a second is taken too. */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
