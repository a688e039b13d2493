import http from 'node:http';
import https from 'node:https';
import type tls from 'node:tls';
import type { PeerUrl } from '../../engine/index.ts';
import { errorSentence } from '../http/error_sentence.ts';
import type { Logger } from '../log/logger.ts';
import { RateLimit } from '../log/rate_limit.ts';
import { isSecure } from '../options/peer_url.ts';
import { FRAME_HEADER_BYTES, frameHeader } from './frames.ts';

/** Beyond this many bytes waiting for one peer, messages to it are dropped: the engine repeats what matters. */
const BUFFERED_BYTES_MAX = 32 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 1_000;
/** After a refusal (wrong credential, wrong address) nothing changes soon. */
const RETRY_REFUSED_MS = 1_000;
/** A peer that used to say each second that messages arrive, and does not for this long, is not there any more. */
const SILENCE_MS_MAX = 5_000;

export interface PeerLinkOptions {
  readonly url: PeerUrl;
  readonly peerKey: string | undefined;
  /** For an https peer: whom to trust, and what to show. Looked at for each connection. */
  readonly tls: { readonly outgoing: tls.SecureContextOptions } | undefined;
  readonly log: Logger;
}

/** One request to the peer, open for as long as it lasts. */
interface Stream {
  readonly request: http.ClientRequest;
  connected: boolean;
  /** The peer says that messages arrive (interim responses): only then does its silence mean something. */
  hears: boolean;
  /** When the first message was sent that it has not said to have received; undefined when there is none. */
  unheardSince: number | undefined;
}

/**
 * The way to one peer: a single POST whose body goes on for ever and carries one message after another. It is opened
 * when there is something to send, and opened again after a failure, a little later each time. The engine sends at least
 * every heartbeat, so no timer is needed to come back.
 */
export class PeerLink {
  readonly #options: PeerLinkOptions;
  readonly #agent: http.Agent;
  readonly #limit = new RateLimit(30_000);
  #stream: Stream | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #flushing = false;
  #retryAtMs = 0;
  #retryMs = RETRY_MS_MIN;
  #reached: boolean | undefined;
  #closed = false;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    const agent = { keepAlive: true, noDelay: true, maxSockets: 2 };
    this.#agent = isSecure(options.url) ? new https.Agent(agent) : new http.Agent(agent);
  }

  /** Sends the message with all others of this step, or drops it. The bytes must not change. */
  send(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#giveUpOnSilence();
    const now = performance.now();
    if (this.#stream === undefined && now < this.#retryAtMs) return;
    const stream = (this.#stream ??= this.#open());
    const waiting = this.#pendingBytes + stream.request.writableLength;
    if (waiting + bytes.byteLength > BUFFERED_BYTES_MAX) {
      if (this.#limit.passes('full')) {
        this.#options.log.warn('too much waits for a peer; dropping messages to it', { peer: this.#options.url });
      }
      return;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += FRAME_HEADER_BYTES + bytes.byteLength;
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  /** Sends what waits and ends the stream. Resolves when the peer has answered, or cannot. */
  close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    const request = this.#stream?.request;
    return new Promise((resolve) => {
      if (request === undefined || request.destroyed) {
        this.#agent.destroy();
        resolve();
        return;
      }
      request.once('close', () => {
        this.#agent.destroy();
        resolve();
      });
      request.end();
    });
  }

  #flush(): void {
    this.#flushing = false;
    const messages = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const stream = this.#stream;
    if (stream === undefined || messages.length === 0) return;
    stream.unheardSince ??= performance.now();
    // Corked, all messages of this turn leave in one chunk and one system call.
    stream.request.cork();
    for (const message of messages) {
      stream.request.write(frameHeader(message.byteLength));
      stream.request.write(message);
    }
    stream.request.uncork();
  }

  #open(): Stream {
    const { url, peerKey, tls: credentials } = this.#options;
    const { request: open } = isSecure(url) ? https : http;
    const request = open(`${url}/api/v1/replicate_wal`, {
      ...credentials?.outgoing,
      method: 'POST',
      agent: this.#agent,
      headers: {
        'content-type': 'application/octet-stream',
        'transfer-encoding': 'chunked',
        ...(peerKey === undefined ? {} : { authorization: `Bearer ${peerKey}` }),
      },
    });
    const stream: Stream = { request, connected: false, hears: false, unheardSince: undefined };
    const impatience = setTimeout(() => request.destroy(new Error('no connection within 2 s')), CONNECT_TIMEOUT_MS);
    impatience.unref();
    request.on('socket', (socket) => {
      const connected = (): void => {
        clearTimeout(impatience);
        stream.connected = true;
      };
      if (socket.connecting) socket.once(isSecure(url) ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    request.on('information', () => {
      this.#heard(stream);
    });
    request.on('response', (response) => this.#ended(stream, response));
    request.on('error', (error) => this.#lost(stream, error.message));
    request.on('close', () => {
      clearTimeout(impatience);
      this.#lost(stream, 'the connection was closed');
    });
    return stream;
  }

  #heard(stream: Stream): void {
    stream.hears = true;
    stream.unheardSince = undefined;
    this.#retryMs = RETRY_MS_MIN;
    if (this.#reached === true) return;
    this.#reached = true;
    this.#options.log.info('peer reached', { peer: this.#options.url });
  }

  /** A dead connection can look alive for many minutes; waiting for TCP to notice would keep a healed network apart. */
  #giveUpOnSilence(): void {
    const stream = this.#stream;
    if (stream === undefined || !stream.hears || stream.unheardSince === undefined) return;
    if (performance.now() - stream.unheardSince > SILENCE_MS_MAX) {
      stream.request.destroy(new Error('the peer has been silent for 5 s'));
      this.#lost(stream, 'the peer has been silent for 5 s');
    }
  }

  /** The peer answered, so it takes no more messages in this request: it refused, or it is about to stop. */
  #ended(stream: Stream, response: http.IncomingMessage): void {
    const pieces: Buffer[] = [];
    let size = 0;
    response.on('data', (piece: Buffer) => {
      size += piece.byteLength;
      if (size <= 4_096) pieces.push(piece);
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      stream.request.destroy();
    });
    const status = response.statusCode ?? 0;
    if (status === 200) {
      response.on('end', () => this.#lost(stream, undefined));
      return;
    }
    response.on('end', () => {
      if (!this.#limit.passes(`status ${status}`)) return;
      const body = Buffer.concat(pieces).toString('utf8');
      const said = errorSentence(body) ?? body.slice(0, 200);
      this.#options.log.warn('a peer refuses our messages', { peer: this.#options.url, status, said });
    });
    this.#lost(stream, undefined, RETRY_REFUSED_MS);
  }

  /** `why` is undefined when it needs no line in the log. */
  #lost(stream: Stream, why: string | undefined, retryMs = this.#retryMs): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#retryAtMs = performance.now() + retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
    if (this.#closed || why === undefined || this.#reached === false) return;
    this.#reached = false;
    this.#options.log.warn('peer not reached', { peer: this.#options.url, why });
  }
}
