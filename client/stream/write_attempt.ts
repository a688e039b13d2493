import type http from 'node:http';
import { judge, type Retry } from '../answers.ts';
import { networkFailure } from '../caller.ts';
import type { Connection } from '../connection.ts';
import { parseExactJson } from '../exact_json.ts';
import { ProtocolError, type SafekeeperError } from '../errors.ts';
import { toU64 } from '../u64.ts';
import { judgeLine, LineReader } from './lines.ts';
import { openRequest } from './open_request.ts';

/** How an attempt ended: everything in order, or with what may be repeated, or with what may not. */
export type AttemptEnd =
  | { readonly kind: 'done' }
  | Retry
  | { readonly kind: 'failure'; readonly error: SafekeeperError };

/** More than this is handed to the socket only when it has taken what came before. */
const PIECE_BYTES = 256 * 1024;

/** One request of a stream of records, to one replica, for as long as it lasts. */
export class WriteAttempt {
  /** Resolves when the request is over. */
  readonly ended: Promise<AttemptEnd>;
  readonly #request: http.ClientRequest;
  readonly #url: string;
  readonly #onAcknowledged: (lsn: bigint) => void;
  readonly #wantsMore: () => void;
  #end: (how: AttemptEnd) => void = () => undefined;
  #hasSent = false;

  /**
   * @param query of the request: `prev_lsn` and `generation`.
   * @param onAcknowledged everything up to this LSN is stored.
   * @param wantsMore there is room again after `send` returned false.
   */
  constructor(connection: Connection, query: string, onAcknowledged: (lsn: bigint) => void, wantsMore: () => void) {
    this.#url = connection.url;
    this.#onAcknowledged = onAcknowledged;
    this.#wantsMore = wantsMore;
    this.#request = openRequest(connection.target, 'POST', `/api/v1/stream_wal${query}`, {
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
    });
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#request.on('response', (response) => this.#read(response));
    this.#request.on('error', (error) => this.#broken(error.message));
    this.#request.on('close', () => this.#broken('the connection was closed'));
    this.#request.on('drain', this.#wantsMore);
  }

  /** Sends the frames in order, from `from` on, as many as the socket takes for now; returns where it stopped. */
  send(frames: readonly { readonly frame: Buffer }[], from: number): number {
    let at = from;
    while (at < frames.length && !this.#request.writableNeedDrain) {
      const piece: Buffer[] = [];
      let bytes = 0;
      for (; at < frames.length && bytes < PIECE_BYTES; at++) {
        const frame = frames[at]?.frame;
        if (frame === undefined) break;
        piece.push(frame);
        bytes += frame.byteLength;
      }
      this.#hasSent = true;
      this.#request.write(piece.length === 1 ? piece[0] : Buffer.concat(piece, bytes));
    }
    return at;
  }

  /** No record comes any more. */
  finish(): void {
    this.#request.end();
  }

  /** Nobody waits any more. */
  abandon(reason: string): void {
    this.#broken(reason);
    this.#request.destroy();
  }

  #read(response: http.IncomingMessage): void {
    response.setEncoding('utf8');
    response.on('error', (error) => this.#broken(error.message));
    if (response.statusCode !== 200) {
      let body = '';
      response.on('data', (piece: string) => (body += piece));
      response.on('end', () => {
        const seconds = Number(response.headers['retry-after']);
        const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
        const verdict = judge({ status: response.statusCode ?? 0, body, retryAfterMs }, this.#url);
        this.#over(verdict.kind === 'success' ? unexpected(this.#url) : verdict);
      });
      return;
    }
    const lines = new LineReader();
    response.on('data', (piece: string) => {
      for (const line of lines.push(piece)) this.#take(line);
    });
    response.on('end', () => this.#broken('the stream ended without a result'));
  }

  #take(line: string): void {
    let said: Readonly<Record<string, unknown>>;
    try {
      said = parseExactJson(line) as typeof said;
    } catch {
      this.#over(unexpected(this.#url));
      return;
    }
    const lsn = toU64(said['last_applied_lsn']);
    if (lsn !== undefined) this.#onAcknowledged(lsn);
    if (said['status'] === 'success') this.#over({ kind: 'done' });
    else if (said['status'] === 'error') {
      const verdict = judgeLine(line, said['code'], this.#url);
      this.#over(verdict.kind === 'success' ? unexpected(this.#url) : verdict);
    }
  }

  #broken(what: string): void {
    this.#over({ ...networkFailure(this.#url, new Error(what)), mayHaveHappened: this.#hasSent });
  }

  #over(how: AttemptEnd): void {
    this.#end(how);
    if (how.kind !== 'done') this.#request.destroy();
  }
}

function unexpected(url: string): AttemptEnd {
  return { kind: 'failure', error: new ProtocolError(`${url} answered a stream with something else.`, { url }) };
}
