import { setMaxListeners } from 'node:events';
import type { CallOptions } from './call_options.ts';
import type { Deadline } from './deadline.ts';
import { GapError } from './errors.ts';
import type { Acknowledgement, RecordToWrite, WalRecord } from './record.ts';

export interface WriteAllOptions extends CallOptions {
  /** How many records may be open at once. Default 64. */
  readonly window?: number | undefined;
  /** How many bytes of data may be open at once; one record always may. Default 8 MiB. */
  readonly windowBytes?: number | undefined;
  /** The LSN of the record before the first one, 0 when the log is empty. Absent: the first may follow whatever is last. */
  readonly previousLsn?: bigint | undefined;
  /** Put on every record. */
  readonly generation?: number | undefined;
  /** Called once for each record, in order, as soon as it and all before it are on a majority of disks. */
  readonly onAcknowledged?: ((record: WalRecord) => void) | undefined;
}

export interface WriteAllResult {
  /** How many records were acknowledged: all that there were. */
  readonly recordCount: number;
  /** The LSN of the last one; undefined when there was none. */
  readonly lastLsn: bigint | undefined;
}

/** Stores one record, repeating as often as it takes. */
export type WriteOne = (record: RecordToWrite, signal: AbortSignal) => Promise<Acknowledgement>;

const DEFAULT_WINDOW = 64;
const DEFAULT_WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Stores records in order with up to `window` of them open. Each names its predecessor, so the server keeps the order
 * whatever overtakes what: an acknowledged record has all records before it stored too. Time allowed is time without
 * progress: every acknowledgement starts it again. It reads `records` no further than the window.
 *
 * @throws the error of the first record in order that failed, or of `records`. Later ones may or may not have been
 * stored; every write has ended when this throws.
 */
export async function writeAll(
  records: AsyncIterable<WalRecord> | Iterable<WalRecord>,
  options: WriteAllOptions,
  deadline: Deadline,
  writeOne: WriteOne,
): Promise<WriteAllResult> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort(options.signal?.reason);
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener('abort', abort);
  const window = new OpenWrites(options, deadline, (record) => writeOne(record, stop.signal));
  const source = iterate(records);
  try {
    for (;;) {
      // A failure must not wait for a source that has nothing to give at the moment.
      const next = await window.orFailure(source.next());
      if (next.done === true) break;
      await window.room(next.value.data.byteLength);
      window.add(next.value);
    }
    await window.room(Number.POSITIVE_INFINITY);
    return window.result;
  } catch (error) {
    stop.abort(error);
    // Not awaited: a generator that waits for input would keep this waiting too.
    source.return?.()?.then(undefined, () => {});
    await window.ended();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

/** The records between "read from the source" and "acknowledged, all before it too". */
class OpenWrites {
  readonly #options: WriteAllOptions;
  readonly #deadline: Deadline;
  readonly #write: (record: RecordToWrite) => Promise<Acknowledgement>;
  #count = 0;
  #bytes = 0;
  #previousLsn: bigint | undefined;
  #newest: Promise<Acknowledgement> | undefined;
  /** Settles when every write so far has been met, in order. */
  #met: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  /** The first failure in order. */
  #failure: { readonly error: unknown } | undefined;
  #onFailure: (error: unknown) => void = () => {};
  #recordCount = 0;
  #lastLsn: bigint | undefined;

  constructor(
    options: WriteAllOptions,
    deadline: Deadline,
    write: (record: RecordToWrite) => Promise<Acknowledgement>,
  ) {
    this.#options = options;
    this.#deadline = deadline;
    this.#write = write;
    this.#previousLsn = options.previousLsn;
  }

  get result(): WriteAllResult {
    return { recordCount: this.#recordCount, lastLsn: this.#lastLsn };
  }

  /** Waits until a record of so many bytes fits into the window: for infinitely many, until nothing is open. */
  async room(bytes: number): Promise<void> {
    const window = Math.max(1, this.#options.window ?? DEFAULT_WINDOW);
    const windowBytes = this.#options.windowBytes ?? DEFAULT_WINDOW_BYTES;
    while (this.#count > 0 && (this.#count >= window || this.#bytes + bytes > windowBytes)) {
      const oneLess = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await this.orFailure(oneLess);
    }
  }

  add(record: WalRecord): void {
    if (this.#count === 0) this.#deadline.restart();
    const tied = { ...record, previousLsn: this.#previousLsn, generation: this.#options.generation };
    const acknowledged = writeInChain(tied, this.#newest, this.#write);
    this.#newest = acknowledged;
    this.#previousLsn = record.lsn;
    this.#count += 1;
    this.#bytes += record.data.byteLength;
    this.#met = this.#meet(record, acknowledged, this.#met);
    this.#met.catch((error: unknown) => {
      this.#failure ??= { error };
      this.#onFailure(error);
    });
  }

  /**
   * Waits for `promise`, but no longer than until a write has failed. One caller at a time. (`Promise.race` against a
   * promise that lives as long as the stream would keep every record of it in memory.)
   */
  async orFailure<Value>(promise: Promise<Value>): Promise<Value> {
    return await new Promise<Value>((resolve, reject) => {
      this.#onFailure = reject;
      promise.then(resolve, reject);
      if (this.#failure !== undefined) reject(this.#failure.error);
    });
  }

  /** Waits until every write has ended, well or badly. */
  async ended(): Promise<void> {
    await this.#met.catch(() => {});
    await this.#newest?.catch(() => {});
  }

  async #meet(record: WalRecord, acknowledged: Promise<Acknowledgement>, before: Promise<void>): Promise<void> {
    // Both are awaited in any case, so that none is left unhandled and `ended` means all of them.
    const [, outcome] = await Promise.allSettled([before, acknowledged]);
    await before;
    if (outcome.status === 'rejected') throw outcome.reason;
    this.#count -= 1;
    this.#bytes -= record.data.byteLength;
    this.#recordCount += 1;
    this.#lastLsn = record.lsn;
    this.#deadline.restart();
    this.#options.onAcknowledged?.(record);
    this.#wake();
  }
}

/**
 * A gap only means that the predecessor has not arrived: perhaps it is being repeated. So the record is sent again once
 * the predecessor is acknowledged; a gap even then is real.
 */
async function writeInChain(
  record: RecordToWrite,
  predecessor: Promise<Acknowledgement> | undefined,
  write: (record: RecordToWrite) => Promise<Acknowledgement>,
): Promise<Acknowledgement> {
  try {
    return await write(record);
  } catch (error) {
    if (predecessor === undefined || !(error instanceof GapError)) throw error;
    await predecessor;
    return await write(record);
  }
}

function iterate(records: AsyncIterable<WalRecord> | Iterable<WalRecord>): AsyncIterator<WalRecord> {
  if (Symbol.asyncIterator in records) return records[Symbol.asyncIterator]();
  return (async function* () {
    yield* records;
  })();
}
