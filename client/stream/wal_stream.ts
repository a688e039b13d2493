import { type Caller, type Repeated, UNREACHABLE } from '../caller.ts';
import type { CallOptions } from '../call_options.ts';
import type { Connection } from '../connection.ts';
import type { Deadline } from '../deadline.ts';
import { AbortedError, ClosedError, MalformedError } from '../errors.ts';
import type { Leader } from '../leader.ts';
import { checkedGeneration, type WalRecord } from '../record.ts';
import { encodeFrame } from './frame.ts';
import { type AttemptEnd, WriteAttempt } from './write_attempt.ts';

export interface StreamOptions extends CallOptions {
  /** How many records may be open (written and not acknowledged) at once. Default 4,096. */
  readonly window?: number | undefined;
  /** How many bytes of data may be open at once; one record always may. Default 8 MiB. */
  readonly windowBytes?: number | undefined;
  /** The LSN of the record before the first one, 0 when the log is empty. Absent: the first may follow whatever is last. */
  readonly previousLsn?: bigint | undefined;
  /** Put on every record. */
  readonly generation?: number | undefined;
  /** Called once for each record, in order, as soon as it and all before it are on a majority of disks. It must not throw. */
  readonly onAcknowledged?: ((record: WalRecord) => void) | undefined;
}

export interface StreamResult {
  /** How many records were acknowledged: all that there were. */
  readonly recordCount: number;
  /** The LSN of the last one; undefined when there was none. */
  readonly lastLsn: bigint | undefined;
}

/** What a stream needs of its client. */
export interface StreamHost {
  readonly leader: Leader;
  readonly caller: Caller;
  readonly closed: AbortSignal;
  readonly silenceMs: number;
  readonly deadline: Deadline;
}

const DEFAULT_WINDOW = 4_096;
const DEFAULT_WINDOW_BYTES = 8 * 1024 * 1024;
/** Records that were acknowledged are let go of in lots. */
const LOT = 1_024;
/** With records open and nothing acknowledged for so long, another replica is tried even if this one seems well. */
const ATTEMPT_TIMEOUT_MS = 30_000;

/** All is acknowledged: how long a replica may take to end the answer. */
const GOODBYE_MS = 1_000;

interface Open {
  readonly record: WalRecord;
  readonly frame: Buffer;
}

/**
 * Writes one record after another over one connection, and keeps what is not acknowledged yet: when the connection breaks,
 * or the leader changes, it goes on with the next leader where the last one stopped. Each record follows the one before it,
 * so that an acknowledged record has all before it stored, too; and the same record again is a success, so that nothing is
 * stored twice.
 *
 * Time allowed (`timeoutMs`) is time without progress while records are open. The first failure ends the stream: `write`,
 * `flush` and `end` throw it from then on; what was not acknowledged may be stored or not.
 */
export class WalStream {
  readonly #host: StreamHost;
  readonly #options: StreamOptions;
  readonly #query: string;
  /** In order; the first `#done` are acknowledged, and the first `#sent` were sent in this attempt. */
  #open: Open[] = [];
  #done = 0;
  #sent = 0;
  #openBytes = 0;
  #lastWritten: bigint | undefined;
  #lastAcknowledged: bigint | undefined;
  #recordCount = 0;
  #attempt: WriteAttempt | undefined;
  #running: Promise<void> | undefined;
  #isPumpPlanned = false;
  #isEnding = false;
  #failure: { readonly error: unknown } | undefined;
  /** Called whenever something was acknowledged, written or has failed. */
  readonly #waiting = new Set<() => void>();

  /** @internal `SafekeeperClient.openStream` makes it. */
  constructor(host: StreamHost, options: StreamOptions) {
    this.#host = host;
    this.#options = options;
    this.#query = options.generation === undefined ? '' : `&generation=${checkedGeneration(options.generation)}`;
    this.#lastWritten = options.previousLsn;
    host.closed.addEventListener('abort', this.#onStopped);
    options.signal?.addEventListener('abort', this.#onStopped);
  }

  readonly #onStopped = (): void => {
    this.#attempt?.abandon('the stream was given up');
    this.#wake();
  };

  /** The last LSN up to which everything that was written is on a majority of disks; undefined before the first. */
  get acknowledgedLsn(): bigint | undefined {
    return this.#lastAcknowledged;
  }

  /** How many records wait for their acknowledgement. */
  get openCount(): number {
    return this.#open.length - this.#done;
  }

  /**
   * Hands a record over, as soon as it fits into the window; its acknowledgement comes later. The caller must not change
   * its data any more.
   * @throws SafekeeperError what has ended the stream; `malformed` when this record cannot be written, which ends nothing.
   */
  async write(record: WalRecord): Promise<void> {
    while (!this.#hasRoomFor(record.data.byteLength)) await this.#change();
    this.#throwIfOver();
    const before = this.#lastWritten;
    if (before !== undefined && record.lsn <= before)
      throw new MalformedError(`LSN ${record.lsn} is not above LSN ${before}, which comes before it.`);
    const frame = encodeFrame(record);
    if (this.openCount === 0) this.#host.deadline.restart();
    this.#open.push({ record, frame });
    this.#openBytes += record.data.byteLength;
    this.#lastWritten = record.lsn;
    this.#planPump();
    this.#running ??= this.#run().catch((error: unknown) => this.#fail(error));
  }

  /** Waits until everything written so far is acknowledged. @throws what has ended the stream. */
  async flush(): Promise<StreamResult> {
    while (this.#failure === undefined && this.openCount > 0) await this.#change();
    this.#throwIfOver();
    return { recordCount: this.#recordCount, lastLsn: this.#lastAcknowledged };
  }

  /** Waits until everything is acknowledged, and ends the stream. @throws what has ended it before. */
  async end(): Promise<StreamResult> {
    const result = await this.flush();
    this.#isEnding = true;
    this.#wake();
    const attempt = this.#attempt;
    attempt?.finish();
    const impatience = setTimeout(() => attempt?.abandon('it did not say goodbye'), GOODBYE_MS);
    await this.#running;
    clearTimeout(impatience);
    this.#release();
    return result;
  }

  /** Gives the stream up: what is open may be stored or not. */
  async abandon(): Promise<void> {
    this.#fail(new ClosedError());
    this.#attempt?.abandon('the stream was given up');
    await this.#running;
  }

  /** Waits for `promise`, but no longer than until the stream has ended. @throws what has ended it. */
  async orFailure<Value>(promise: Promise<Value>): Promise<Value> {
    return await new Promise<Value>((resolve, reject) => {
      const look = (): void => {
        try {
          this.#throwIfOver();
          this.#waiting.add(look);
        } catch (error) {
          reject(error);
        }
      };
      look();
      promise.then(resolve, reject).finally(() => this.#waiting.delete(look));
    });
  }

  /** One attempt after the other, until the stream has ended. */
  async #run(): Promise<void> {
    const { leader, caller, deadline } = this.#host;
    let failures = 0;
    let mayHaveHappened = false;
    while (!this.#isEnding && this.#failure === undefined) {
      caller.throwIfOver(this.#options);
      // Between two bursts nothing needs a connection.
      if (this.openCount === 0) {
        await this.#change();
        continue;
      }
      const call: Repeated = { what: this.#what(), deadline, signal: this.#options.signal };
      const connection = await leader.pick();
      if (this.#isEnding || this.#failure !== undefined) return;
      const acknowledgedBefore = this.#recordCount;
      const outcome: AttemptEnd = connection === undefined ? UNREACHABLE : await this.#tryWith(connection);
      if (outcome.kind === 'failure') throw outcome.error;
      if (this.#isEnding || this.#failure !== undefined) return;
      if (outcome.kind === 'done') continue;
      if (this.#recordCount > acknowledgedBefore) {
        failures = 0;
        mayHaveHappened = false;
      }
      failures += 1;
      mayHaveHappened ||= outcome.mayHaveHappened;
      await caller.beforeNext(call, { ...outcome, mayHaveHappened }, connection, failures);
    }
  }

  async #tryWith(connection: Connection): Promise<AttemptEnd> {
    const previous = this.#lastAcknowledged ?? this.#options.previousLsn;
    const query = `${previous === undefined ? '' : `&prev_lsn=${previous}`}${this.#query}`.replace('&', '?');
    this.#sent = this.#done;
    const attempt = new WriteAttempt(
      connection,
      query,
      (lsn) => this.#acknowledged(lsn, connection),
      () => this.#pump(),
    );
    this.#attempt = attempt;
    this.#pump();
    const watch = this.#watch(connection, attempt);
    try {
      return await attempt.ended;
    } finally {
      clearInterval(watch);
      this.#attempt = undefined;
    }
  }

  /** Looks after a replica that acknowledges nothing while records are open. */
  #watch(connection: Connection, attempt: WriteAttempt): NodeJS.Timeout {
    const { silenceMs, leader, deadline } = this.#host;
    let seen = this.#recordCount;
    let heardMs = performance.now();
    let isLooking = false;
    const timer = setInterval(() => {
      const now = performance.now();
      if (this.#recordCount !== seen || this.openCount === 0) {
        seen = this.#recordCount;
        heardMs = now;
      } else if (deadline.leftMs === 0 || now - heardMs > ATTEMPT_TIMEOUT_MS) {
        attempt.abandon('nothing was acknowledged in time');
      } else if (now - heardMs >= silenceMs && !isLooking) {
        isLooking = true;
        void leader.stillGood(connection).then((isGood) => {
          isLooking = false;
          if (!isGood) attempt.abandon('the replica has stopped answering');
        });
      }
    }, silenceMs / 2);
    timer.unref();
    return timer;
  }

  /** What is written in one turn of the event loop leaves in one piece. */
  #planPump(): void {
    if (this.#isPumpPlanned) return;
    this.#isPumpPlanned = true;
    setImmediate(() => {
      this.#isPumpPlanned = false;
      this.#pump();
      // Whoever runs the attempts may be waiting for a first record.
      if (this.#attempt === undefined) this.#wake();
    });
  }

  #pump(): void {
    if (this.#attempt !== undefined) this.#sent = this.#attempt.send(this.#open, this.#sent);
  }

  #acknowledged(lsn: bigint, connection: Connection): void {
    const { onAcknowledged } = this.#options;
    const before = this.#recordCount;
    for (let open = this.#open[this.#done]; open !== undefined && open.record.lsn <= lsn; ) {
      this.#done += 1;
      this.#openBytes -= open.record.data.byteLength;
      this.#recordCount += 1;
      this.#lastAcknowledged = open.record.lsn;
      onAcknowledged?.(open.record);
      open = this.#open[this.#done];
    }
    if (this.#recordCount === before) return;
    if (this.#done === this.#open.length || this.#done >= LOT) {
      this.#open = this.#open.slice(this.#done);
      this.#sent -= this.#done;
      this.#done = 0;
    }
    this.#host.deadline.restart();
    this.#host.caller.served(connection);
    this.#wake();
  }

  #hasRoomFor(bytes: number): boolean {
    const { window = DEFAULT_WINDOW, windowBytes = DEFAULT_WINDOW_BYTES } = this.#options;
    if (this.#failure !== undefined || this.openCount === 0 || this.#isStopped) return true;
    return this.openCount < Math.max(1, window) && this.#openBytes + bytes <= windowBytes;
  }

  get #isStopped(): boolean {
    return this.#host.closed.aborted || this.#options.signal?.aborted === true;
  }

  #throwIfOver(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isEnding) throw new ClosedError();
    if (this.#host.closed.aborted) throw new ClosedError();
    if (this.#options.signal?.aborted === true) throw new AbortedError({ cause: this.#options.signal.reason });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#release();
    this.#wake();
  }

  #release(): void {
    this.#host.closed.removeEventListener('abort', this.#onStopped);
    this.#options.signal?.removeEventListener('abort', this.#onStopped);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #what(): string {
    return `writing from LSN ${this.#open[this.#done]?.record.lsn ?? 'unknown'} on`;
  }
}
