import type { OutgoingHttpHeaders } from 'node:http';
import { PassThrough, pipeline } from 'node:stream';
import type tls from 'node:tls';
import { Pool } from 'undici';
import type { PeerUrl } from '../../engine/index.ts';
import { noRoomFor } from './answer_bounds.ts';
import type { ByteBudget } from './byte_budget.ts';
import { noLeader, outcomeUnknown } from './answers.ts';
import type { Call } from './call.ts';
import type { Reply } from './reply.ts';
import { REQUEST_ID_HEADER } from './request_id.ts';
import { drainRequest } from './send_reply.ts';
import { STREAMED, type Streamed } from './streams/streamed.ts';

/** Says that a request was forwarded already: it is never forwarded twice, so it cannot go round in circles. */
export const FORWARDED_HEADER = 'x-safekeeper-forwarded';

/** Hands a client's request to the leader and brings back its reply. */
export type Forward = (
  call: Call,
  body: Uint8Array | undefined,
  leader: PeerUrl,
  answerBudget: ByteBudget,
) => Promise<Reply>;

/** Hands a client's stream to the leader, and its answers back, as they come. */
export type ForwardStream = (call: Call, leader: PeerUrl) => Promise<Reply | Streamed>;

/** The headers of the client that go along: its credentials, what its body is, and the request's name. */
const PASSED_ON = ['x-api-key', 'authorization', 'content-type', REQUEST_ID_HEADER] as const;

const CONNECT_TIMEOUT_MS = 2_000;
/** The leader itself answers within seconds; this bounds a leader that hangs. */
const ANSWER_TIMEOUT_MS = 30_000;
/** A stream says every 15 seconds that it is still there. */
const STREAM_SILENCE_MS = 45_000;
const CONNECTIONS_MAX = 256;

/** Forwards over a pool of connections per leader. */
export class Forwarder {
  readonly #tls: { readonly outgoing: tls.SecureContextOptions } | undefined;
  readonly #pools = new Map<PeerUrl, Pool>();

  /** @param credentials for an https leader: whom to trust, and what to show. */
  constructor(credentials?: { readonly outgoing: tls.SecureContextOptions }) {
    this.#tls = credentials;
  }

  readonly forward: Forward = async (call, body, leader, answerBudget) => {
    const pool = this.#poolFor(leader);
    const headers = headersFor(call);
    const method = call.method === 'POST' ? 'POST' : 'GET';
    try {
      const response = await pool.request({ method, path: call.target, headers, body: body ?? null });
      const noRoom = noRoomFor(Number(response.headers['content-length'] ?? 0), answerBudget, call.outgoing);
      if (noRoom !== undefined) {
        response.body.destroy();
        return noRoom;
      }
      const retryAfter = response.headers['retry-after'];
      return {
        status: response.statusCode,
        body: await response.body.text(),
        ...(typeof retryAfter === 'string' ? { headers: { 'retry-after': retryAfter } } : {}),
      };
    } catch (error) {
      return notForwarded(leader, error);
    }
  };

  readonly forwardStream: ForwardStream = async (call, leader) => {
    const { body, outgoing } = call;
    if (outgoing === undefined || body instanceof Request) throw new Error('a stream comes through Node');
    const gone = new AbortController();
    call.onGone(() => gone.abort());
    // What is passed on is destroyed with the attempt; the client's own request must outlive it, to be answered.
    const passedOn = body.pipe(new PassThrough());
    passedOn.on('error', () => body.unpipe(passedOn));
    try {
      const response = await this.#poolFor(leader).request({
        method: call.method === 'POST' ? 'POST' : 'GET',
        path: call.target,
        headers: headersFor(call),
        body: passedOn,
        signal: gone.signal,
        // It lasts as long as its two ends want; either side says every few seconds that it is still there.
        headersTimeout: STREAM_SILENCE_MS,
        bodyTimeout: STREAM_SILENCE_MS,
      });
      const { 'content-type': type = 'application/json', 'retry-after': retryAfter } = response.headers;
      const headers: OutgoingHttpHeaders = { 'content-type': String(type) };
      if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
      outgoing.writeHead(response.statusCode, headers);
      // A break is passed on as a break: the client knows what was acknowledged.
      pipeline(response.body, outgoing, () => drainRequest(body));
      return STREAMED;
    } catch (error) {
      return notForwarded(leader, error);
    }
  };

  /** What `tls` says has changed: connections are made anew; those that carry a request end with it. */
  renew(): void {
    for (const pool of this.#pools.values()) void pool.close();
    this.#pools.clear();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolFor(leader: PeerUrl): Pool {
    let pool = this.#pools.get(leader);
    if (pool === undefined) {
      pool = new Pool(leader, {
        connections: CONNECTIONS_MAX,
        connect: { ...this.#tls?.outgoing, timeout: CONNECT_TIMEOUT_MS },
        headersTimeout: ANSWER_TIMEOUT_MS,
        bodyTimeout: ANSWER_TIMEOUT_MS,
      });
      this.#pools.set(leader, pool);
    }
    return pool;
  }
}

function headersFor(call: Call): Record<string, string> {
  const headers: Record<string, string> = { [FORWARDED_HEADER]: '1' };
  for (const name of PASSED_ON) {
    const value = call.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function notForwarded(leader: PeerUrl, error: unknown): Reply {
  return neverConnected(error)
    ? noLeader(`The leader at ${leader} cannot be reached, so nothing was stored. Send it again in a moment.`)
    : outcomeUnknown(`The leader at ${leader} was reached but did not answer. Sending it again is safe.`);
}

/** Whether the failure came before a connection was there, so that the request cannot have had an effect. */
function neverConnected(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
  // Several addresses were tried, each in vain.
  return error instanceof AggregateError && error.errors.length > 0 && error.errors.every(neverConnected);
}
