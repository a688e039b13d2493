import type { SafekeeperClient, WalStream } from '../../client/index.ts';
import { fileName } from '../binlog/file_name.ts';
import { isFileMissing, isTornTail } from '../primary/errors.ts';
import { Acknowledger } from './acknowledger.ts';
import { readBeginning } from './beginning.ts';
import type { Dump, DumpSource } from './dump_source.ts';
import { FileCutter } from './file_cutter.ts';
import type { Progress } from './progress.ts';

/** Where the log is received from. */
export interface Place {
  readonly file: string;
  readonly position: number;
  /** The LSN of the record before the first one that will be written; 0 when nothing is stored. */
  readonly previousLsn: bigint;
}

export interface LogSessionOptions {
  readonly client: Pick<SafekeeperClient, 'openStream'>;
  readonly source: DumpSource;
  /** What the server's files are called: `mariadb-bin`. */
  readonly fileBase: string;
  readonly generation: number;
  readonly progress: Progress;
  /** Told with everything that comes. */
  readonly onHeard: () => void;
  /** Told of each record that a quorum has. */
  readonly onRecord: (lsn: bigint) => void;
  /** Told that a file ends in the middle of an event, as a crash leaves it. */
  readonly onTornTail: (file: string) => void;
}

/** The safekeepers may be away for as long as it takes: the server's commits wait for them anyway. */
const PATIENCE_MS = Number.MAX_SAFE_INTEGER;

/**
 * One dump of the server, from a place on, and the stream to the safekeepers that it feeds. Closed files are fetched without
 * semi-synchronous replication, which nobody waits for there: a semi-synchronous dump that meets a torn tail right at its
 * beginning hangs on the server, and says nothing.
 */
export class LogSession {
  readonly #options: LogSessionOptions;
  #cutter = new FileCutter();
  #acknowledger: Acknowledger | undefined;
  #stream: WalStream | undefined;

  constructor(options: LogSessionOptions) {
    this.#options = options;
  }

  get file(): string {
    return this.#cutter.file;
  }

  get position(): number {
    return this.#cutter.position;
  }

  get openRecords(): number {
    return this.#stream?.openCount ?? 0;
  }

  get waitingAcknowledgements(): number {
    return this.#acknowledger?.waitingCount ?? 0;
  }

  /**
   * Receives, stores and acknowledges.
   * @returns where to go on when a closed file has ended, and everything up to there is stored.
   * @throws PrimaryError, SafekeeperError, BinlogError, RangeError: what went wrong; and when `signal` fires.
   */
  async run(place: Place, signal: AbortSignal): Promise<Place> {
    const { client, source, generation, progress, onRecord } = this.#options;
    const isClosed = await this.#hasNext(place.file);
    // The request alone acknowledges what is before it.
    signal.throwIfAborted();
    const dump = await source.open({ file: place.file, position: place.position, semiSync: !isClosed });
    const acknowledger = new Acknowledger(dump);
    const stream = client.openStream({
      generation,
      previousLsn: place.previousLsn,
      timeoutMs: PATIENCE_MS,
      signal,
      onAcknowledged: ({ lsn, data }) => {
        acknowledger.committed(lsn, data.byteLength);
        progress.acknowledged(lsn);
        onRecord(lsn);
      },
    });
    const onAbort = (): void => dump.close();
    if (signal.aborted) dump.close();
    signal.addEventListener('abort', onAbort);
    this.#cutter = new FileCutter();
    [this.#acknowledger, this.#stream] = [acknowledger, stream];
    try {
      const next = await this.#receive(dump, acknowledger, stream, isClosed);
      // The next request acknowledges everything before it.
      const { lastLsn = place.previousLsn } = await stream.end();
      return { file: next, position: 4, previousLsn: lastLsn };
    } finally {
      signal.removeEventListener('abort', onAbort);
      dump.close();
      progress.sessionEnded();
      [this.#acknowledger, this.#stream] = [undefined, undefined];
      await stream.abandon();
    }
  }

  /** @returns the name of the file that follows this closed one. */
  async #receive(dump: Dump, acknowledger: Acknowledger, stream: WalStream, isClosed: boolean): Promise<string> {
    const { progress, onHeard } = this.#options;
    const cutter = this.#cutter;
    const events = dump.events();
    try {
      for (;;) {
        // The server may be silent while the safekeepers refuse.
        const next = await stream.orFailure(events.next());
        if (next.done === true) throw new Error('The server ended the dump.');
        const event = next.value;
        progress.heard();
        onHeard();
        if (event.kind === 'file') {
          if (isClosed && cutter.file !== '' && event.name !== cutter.file) return event.name;
          cutter.begin(event.name, event.position);
        }
        if (event.kind === 'format') cutter.format(event.bytes);
        if (event.kind !== 'event') continue;
        const { records, lsn } = cutter.push(event.bytes);
        if (event.wantsAcknowledgement) acknowledger.wanted(lsn, cutter.file);
        for (const record of records) {
          progress.received(record);
          await stream.write(record);
        }
      }
    } catch (error) {
      const next = fileName(this.#options.fileBase, cutter.fileNumber + 1);
      // A file that a crash left torn stays so; the server went on with the next one when it came back.
      if (!isTornTail(error) || !(await this.#exists(next))) throw error;
      this.#options.onTornTail(cutter.file);
      return next;
    }
  }

  async #hasNext(file: string): Promise<boolean> {
    const digits = /\d+$/.exec(file)?.[0] ?? '0';
    return await this.#exists(fileName(this.#options.fileBase, Number(digits) + 1));
  }

  async #exists(file: string): Promise<boolean> {
    try {
      await readBeginning(this.#options.source, file);
      return true;
    } catch (error) {
      if (isFileMissing(error)) return false;
      throw error;
    }
  }
}
