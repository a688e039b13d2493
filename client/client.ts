import { setMaxListeners } from 'node:events';
import type { JsonObject } from './answers.ts';
import { Caller, type ClientEvent } from './caller.ts';
import type { CallOptions } from './call_options.ts';
import { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { MalformedError, ProtocolError } from './errors.ts';
import { Leader } from './leader.ts';
import { type Acknowledgement, checkedGeneration, encodeRecord, type RecordToWrite, type WalRecord } from './record.ts';
import { type RecordRange, readRange, recordOf } from './range.ts';
import { follow, type FollowOptions, type FollowRange } from './stream/follow.ts';
import { type StreamOptions, WalStream } from './stream/wal_stream.ts';
import type { TlsOptions } from './tls_options.ts';
import { toU64 } from './u64.ts';
import { type WriteAllOptions, type WriteAllResult, writeAll } from './write_all.ts';

export interface ClientOptions {
  /** The replicas, such as `http://localhost:8090`. One is enough to begin with; all of them survive a fail-over. */
  readonly urls: readonly string[];
  /** Sent as `X-API-Key`. */
  readonly apiKey?: string | undefined;
  /** Sent as `Authorization: Bearer …`. */
  readonly bearerToken?: string | undefined;
  /** For https URLs: whom to trust, and what to show where a certificate is asked for. Absent: Node's authorities. */
  readonly tls?: TlsOptions | undefined;
  /** How long a call is repeated before it gives up, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Writes open and no answer for this long: the replica is checked with a ping, in milliseconds. Default 500. */
  readonly silenceMs?: number | undefined;
  /** Told of fail-overs and repeated attempts. It must not throw. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/**
 * `linearizable`: nothing acknowledged before the read began is missed; for every decision on what is safe to do next.
 * `local`: what the asked replica knows to be committed, perhaps a little behind.
 */
export type Consistency = 'linearizable' | 'local';

export interface ReadOptions extends CallOptions {
  /** Default `linearizable`; `local` when `from` names a replica. */
  readonly consistency?: Consistency | undefined;
  /** Ask this replica (one of `urls`) and no other. */
  readonly from?: string | undefined;
}

export interface Ping {
  readonly version: string;
  readonly state: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_SILENCE_MS = 500;
const API = '/api/v1';

/**
 * A client of one cluster of safekeepers: finds the leader, keeps long-lived connections, repeats every request until
 * there is a definite answer, across fail-overs. Writes made one after the other reach the leader in that order.
 */
export class SafekeeperClient {
  readonly #connections: readonly Connection[];
  readonly #leader: Leader;
  readonly #caller: Caller;
  readonly #closing = new AbortController();
  readonly #timeoutMs: number;
  readonly #silenceMs: number;

  /** @throws MalformedError when a URL cannot be used. Connects to nothing yet. */
  constructor(options: ClientOptions) {
    if (options.urls.length === 0) throw new MalformedError('At least one URL of a safekeeper is needed.');
    const silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
    const headers = credentials(options);
    const origins = [...new Set(options.urls.map(originOf))];
    this.#silenceMs = silenceMs;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#connections = origins.map((url) => {
      const connection: Connection = new Connection({
        url,
        headers,
        tls: options.tls ?? {},
        silenceMs,
        onSilent: () => void this.#check(connection),
      });
      return connection;
    });
    // Each call and each stream that is open hears of the end.
    setMaxListeners(0, this.#closing.signal);
    this.#leader = new Leader(this.#connections, `${API}/ping`);
    this.#caller = new Caller(this.#leader, this.#closing.signal, options.onEvent ?? (() => {}));
  }

  /**
   * Stores one record on a majority of disks. The same record again is success, so calling this again is always safe.
   * @throws SafekeeperError: `conflict`, `out_of_order`, `gap`, `fenced`, `too_large`, `malformed`, `unauthorized`
   * (definite), `timed_out`, `unavailable`, `aborted`, `closed`.
   */
  async write(record: RecordToWrite, options: CallOptions = {}): Promise<Acknowledgement> {
    return await this.#write(record, this.#deadline(options), options.signal);
  }

  /**
   * Stores records in order, several at a time; see `writeAll` for its promises.
   * @throws what `write` throws, for the first record in order that failed; everything before it was acknowledged.
   */
  async writeAll(
    records: AsyncIterable<WalRecord> | Iterable<WalRecord>,
    options: WriteAllOptions = {},
  ): Promise<WriteAllResult> {
    return await writeAll(records, this.openStream(options));
  }

  /**
   * A stream of records, one after the other over one connection: the way to write many, or one whenever there is one. See
   * `WalStream` for its promises. Connects when the first record is written.
   * @throws MalformedError when an option is out of range.
   */
  openStream(options: StreamOptions = {}): WalStream {
    const host = {
      leader: this.#leader,
      caller: this.#caller,
      closed: this.#closing.signal,
      silenceMs: this.#silenceMs,
      deadline: this.#deadline(options),
    };
    return new WalStream(host, options);
  }

  /**
   * Committed records in order from `range.from` on, and those that are committed later, for as long as one takes them, or
   * up to `range.through`. Served by any replica from what it has; a replica that fails is replaced by another one, and no
   * record comes twice or is left out.
   * @throws SafekeeperError while it is being read: what `get` throws, but for `not_found`; `unavailable` when no replica
   * has brought anything, not even a sign of life, for `timeoutMs`.
   */
  follow(range: FollowRange = {}, options: FollowOptions = {}): AsyncGenerator<WalRecord, void, undefined> {
    const only = options.from === undefined ? undefined : this.#connectionTo(options.from);
    const host = { connections: only === undefined ? this.#connections : [only], caller: this.#caller };
    return follow(host, range, {
      closed: this.#closing.signal,
      signal: options.signal,
      deadline: this.#deadline(options),
    });
  }

  /** The LSN of the last committed record, 0 when there is none. Linearizable unless told otherwise. */
  async latestLsn(options: ReadOptions = {}): Promise<bigint> {
    const body = await this.#read('asking for the latest LSN', 'get_latest_lsn', [], options);
    return u64Field(body, 'latest_lsn');
  }

  /**
   * The committed record with this LSN.
   * @throws SafekeeperError `not_found` when there is none, `dropped` when it is no longer kept here.
   */
  async get(lsn: bigint, options: ReadOptions = {}): Promise<WalRecord> {
    const body = await this.#read(`reading LSN ${lsn}`, 'get_wal', [`lsn=${lsn}`], options);
    return recordOf(body);
  }

  /**
   * Committed records in order, up to what is committed when the last page is read; `for await` takes them.
   * @throws SafekeeperError while it is being read: what `get` throws, but for `not_found`.
   */
  records(range: RecordRange = {}, options: ReadOptions = {}): AsyncGenerator<WalRecord, void, undefined> {
    const what = `reading records from LSN ${range.from ?? 1n} on`;
    return readRange(range, (query) => this.#read(what, 'get_wal_range', query, options));
  }

  /** Version and state (`leader`, `follower`, `candidate`) of one replica: `from`, else the one this client talks to. */
  async ping(options: Omit<ReadOptions, 'consistency'> = {}): Promise<Ping> {
    const body = await this.#read('pinging', 'ping', [], { ...options, consistency: 'local' });
    return { version: String(body.version), state: String(body.state) };
  }

  /** The metrics of one replica: `from`, else the one this client talks to. Integers above 2^53−1 are bigints. */
  async metrics(options: Omit<ReadOptions, 'consistency'> = {}): Promise<JsonObject> {
    const body = await this.#read('reading metrics', 'metrics', [], { ...options, consistency: 'local' });
    if (typeof body.metrics !== 'object' || body.metrics === null) throw missing('metrics');
    return body.metrics as JsonObject;
  }

  /**
   * Raises the log's generation, which fences every writer of a lower one.
   * @returns the latest LSN at that point of the log: no fenced writer adds anything after it.
   * @throws SafekeeperError `fenced` when the log's generation is already higher.
   */
  async raiseGeneration(
    generation: number,
    options: CallOptions = {},
  ): Promise<{ readonly generation: number; readonly latestLsn: bigint }> {
    const body = await this.#caller.call({
      what: `raising the generation to ${checkedGeneration(generation)}`,
      lane: 'read',
      method: 'POST',
      path: `${API}/raise_generation`,
      body: Buffer.from(JSON.stringify({ generation })),
      deadline: this.#deadline(options),
      signal: options.signal,
    });
    return { generation, latestLsn: u64Field(body, 'latest_lsn') };
  }

  /** Ends every connection. Calls still open fail with `closed`; their outcome is unknown. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  async #write(record: RecordToWrite, deadline: Deadline, signal?: AbortSignal): Promise<Acknowledgement> {
    const body = await this.#caller.call({
      what: `writing LSN ${record.lsn}`,
      lane: 'write',
      method: 'POST',
      path: `${API}/stream_wal`,
      body: encodeRecord(record),
      deadline,
      signal,
    });
    return { lastAppliedLsn: u64Field(body, 'last_applied_lsn') };
  }

  async #read(what: string, endpoint: string, query: string[], options: ReadOptions): Promise<JsonObject> {
    const only = options.from === undefined ? undefined : this.#connectionTo(options.from);
    const consistency = options.consistency ?? (only === undefined ? 'linearizable' : 'local');
    const all = consistency === 'linearizable' ? [...query, 'consistency=linearizable'] : query;
    const path = `${API}/${endpoint}${all.length === 0 ? '' : `?${all.join('&')}`}`;
    const { signal } = options;
    return await this.#caller.call({
      what,
      lane: 'read',
      method: 'GET',
      path,
      deadline: this.#deadline(options),
      signal,
      only,
    });
  }

  /** Called while writes wait and `connection` says nothing: frees them when somebody else can serve them. */
  async #check(connection: Connection): Promise<void> {
    if (await this.#leader.stillGood(connection)) return;
    this.#leader.failed(connection);
    connection.abandonWrites(new Error('the replica has stopped answering'));
  }

  #connectionTo(url: string): Connection {
    const origin = originOf(url);
    const found = this.#connections.find((connection) => connection.url === origin);
    if (found === undefined) throw new MalformedError(`${url} is not one of this client's URLs.`);
    return found;
  }

  #deadline(options: CallOptions): Deadline {
    return new Deadline(options.timeoutMs ?? this.#timeoutMs);
  }
}

function credentials(options: ClientOptions): Record<string, string> {
  return {
    ...(options.apiKey === undefined ? {} : { 'x-api-key': options.apiKey }),
    ...(options.bearerToken === undefined ? {} : { authorization: `Bearer ${options.bearerToken}` }),
  };
}

function originOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new MalformedError(`"${url}" is not a URL. Write it like http://localhost:8090.`);
  }
  const plain = (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.pathname === '/';
  if (!plain || parsed.search !== '' || parsed.hash !== '' || parsed.username !== '') {
    throw new MalformedError(`"${url}" is not the address of a safekeeper. Write it like http://localhost:8090.`);
  }
  return parsed.origin;
}

function u64Field(body: JsonObject, name: string): bigint {
  const value = toU64(body[name]);
  if (value === undefined) throw missing(name);
  return value;
}

function missing(name: string): ProtocolError {
  return new ProtocolError(`The answer has no valid "${name}".`);
}
