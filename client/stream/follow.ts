import type http from 'node:http';
import { judge, type Retry } from '../answers.ts';
import { type Caller, networkFailure } from '../caller.ts';
import type { CallOptions } from '../call_options.ts';
import type { Connection } from '../connection.ts';
import type { Deadline } from '../deadline.ts';
import { MalformedError, SafekeeperError } from '../errors.ts';
import type { WalRecord } from '../record.ts';
import { isU64, LSN_MAX } from '../u64.ts';
import { FrameReader } from './frame.ts';
import { openRequest } from './open_request.ts';

export interface FollowRange {
  /** Where to begin; default 1, the beginning. */
  readonly from?: bigint | undefined;
  /** The last LSN wanted; default: no end. */
  readonly through?: bigint | undefined;
}

export interface FollowOptions extends CallOptions {
  /** Ask this replica (one of `urls`) and no other. */
  readonly from?: string | undefined;
}

interface FollowHost {
  readonly connections: readonly Connection[];
  readonly caller: Caller;
}

interface Patience {
  readonly closed: AbortSignal;
  readonly signal: AbortSignal | undefined;
  readonly deadline: Deadline;
}

/** A replica without news says every 15 s that it is there. */
const SILENCE_MS = 45_000;

/** See `SafekeeperClient.follow`. */
export async function* follow(
  { connections, caller }: FollowHost,
  { from = 1n, through = LSN_MAX }: FollowRange,
  patience: Patience,
): AsyncGenerator<WalRecord, void, undefined> {
  if (from < 1n || !isU64(from) || !isU64(through)) throw new MalformedError('LSNs are from 1 to 2^64−1.');
  const { deadline, signal } = patience;
  let next = from;
  let failures = 0;
  for (let turn = 0; next <= through; turn++) {
    caller.throwIfOver({ signal });
    const connection = connections[turn % connections.length];
    if (connection === undefined) return;
    const reader = new Attempt(connection, next, through, patience);
    try {
      for await (const piece of reader.pieces()) {
        deadline.restart();
        failures = 0;
        for (const record of piece) {
          yield record;
          next = record.lsn + 1n;
        }
        // What the caller did meanwhile is not our delay.
        deadline.restart();
      }
    } finally {
      reader.close();
    }
    if (reader.outcome === 'done') return;
    failures += 1;
    const call = { what: `following from LSN ${next} on`, deadline, signal, only: connection };
    // Whoever fails here need not be the one that leads.
    await caller.beforeNext(call, { ...reader.outcome, elsewhere: false }, connection, failures);
  }
}

/** One request to one replica. */
class Attempt {
  readonly #connection: Connection;
  readonly #through: bigint;
  readonly #request: http.ClientRequest;
  readonly #patience: Patience;
  readonly #stop = (): void => void this.#request.destroy(new Error('the reader was stopped'));
  #outcome: 'done' | Retry;

  constructor(connection: Connection, from: bigint, through: bigint, patience: Patience) {
    this.#connection = connection;
    this.#through = through;
    this.#patience = patience;
    this.#outcome = networkFailure(connection.url, new Error('no answer'));
    const end = through === LSN_MAX ? '' : `&end_lsn=${through}`;
    const path = `/api/v1/get_wal_range?follow=true&start_lsn=${from}${end}`;
    this.#request = openRequest(connection.target, 'GET', path, { accept: 'application/octet-stream' });
    this.#request.setTimeout(SILENCE_MS, () => this.#request.destroy(new Error('nothing was heard for 45 s')));
    patience.closed.addEventListener('abort', this.#stop);
    patience.signal?.addEventListener('abort', this.#stop);
  }

  /** How it ended, once it has. */
  get outcome(): 'done' | Retry {
    return this.#outcome;
  }

  /** What arrives, piece by piece, perhaps without a record; ends when the request does. @throws what no other attempt can change. */
  async *pieces(): AsyncGenerator<readonly WalRecord[], void, undefined> {
    const { url } = this.#connection;
    try {
      const response = await this.#response();
      if (response.statusCode !== 200) {
        this.#outcome = await refusalOf(response, url);
        return;
      }
      const frames = new FrameReader();
      for await (const piece of response) yield frames.push(piece as Buffer);
      // A replica that stops ends the stream in order, too.
      const isWhole = frames.isAtBoundary && frames.latestLsn >= this.#through;
      this.#outcome = isWhole ? 'done' : networkFailure(url, new Error('the stream has ended'));
    } catch (error) {
      if (error instanceof SafekeeperError) throw error;
      this.#outcome = networkFailure(url, error);
    }
  }

  close(): void {
    this.#patience.closed.removeEventListener('abort', this.#stop);
    this.#patience.signal?.removeEventListener('abort', this.#stop);
    this.#request.destroy();
  }

  #response(): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      this.#request.once('response', resolve).on('error', reject).end();
    });
  }
}

async function refusalOf(response: http.IncomingMessage, url: string): Promise<Retry> {
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += String(piece);
  const verdict = judge({ status: response.statusCode ?? 0, body, retryAfterMs: undefined }, url);
  if (verdict.kind === 'failure') throw verdict.error;
  if (verdict.kind === 'retry') return { ...verdict, elsewhere: true };
  return networkFailure(url, new Error('it answered with something else'));
}
