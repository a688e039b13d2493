import type { Answer, Lsn, StoredRecord } from '../../../engine/index.ts';
import type { PendingRequest } from '../../driver/driver.ts';
import type { RangeQuery } from '../../../engine/index.ts';
import type { RecordEncoder } from './record_encoder.ts';

/** What was committed since the last time, for whoever had everything before it. */
export interface News {
  readonly records: readonly StoredRecord[];
  /** Everything up to here is among the records, or was before. */
  readonly throughLsn: Lsn;
  /** Encoded once, however many want it. */
  bytesFor(encoder: RecordEncoder): { readonly bytes: Buffer; readonly offsets: readonly number[] };
}

/** Whoever wants to hear of each committed record. */
export interface Listener {
  /** Called with what follows, in order; the first time perhaps also with some that it has. */
  tell(news: News): void;
  /** Nothing was committed for a while. */
  stillHere(latestLsn: Lsn): void;
  /** The records cannot be had from the feed at the moment: it has left the feed, and reads for itself. */
  readYourself(): void;
  /** The replica stops. */
  end(): void;
}

/** The records of a page, and their bytes. */
const PAGE = { countMax: 20_000, bytesMax: 4 * 1024 * 1024 } as const;
const STILL_HERE_MS = 15_000;

/**
 * Brings what is committed to those who have everything before it. Each record is read and encoded once for all of them,
 * so that a thousand listeners cost a thousand writes and nothing more.
 */
export class CommitFeed {
  readonly #read: (query: RangeQuery) => PendingRequest;
  readonly #listeners = new Set<Listener>();
  /** All that listen have everything up to here. */
  #lsn: Lsn = 0n;
  #committedLsn: Lsn = 0n;
  #isReading = false;
  #hasNews = false;
  readonly #timer: NodeJS.Timeout;

  /** @param read reads committed records of this replica. */
  constructor(read: (query: RangeQuery) => PendingRequest) {
    this.#read = read;
    this.#timer = setInterval(() => this.#beat(), STILL_HERE_MS);
    this.#timer.unref();
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Records up to this LSN are committed, as this replica knows. Cheap, for it is called at each step. */
  committed(lsn: Lsn): void {
    this.#committedLsn = lsn;
    if (this.#listeners.size > 0) this.#bring();
  }

  /**
   * `listener` has everything up to `lsn`, which is committed, and hears what follows, perhaps some of it again; false: it
   * lacks what the others have, and reads on.
   */
  join(listener: Listener, lsn: Lsn): boolean {
    if (this.#listeners.size === 0 && !this.#isReading) this.#lsn = lsn;
    else if (lsn < this.#lsn) return false;
    this.#listeners.add(listener);
    if (this.#committedLsn > this.#lsn) this.#bring();
    return true;
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const listener of [...this.#listeners]) listener.end();
    this.#listeners.clear();
  }

  #bring(): void {
    this.#hasNews = true;
    if (this.#isReading) return;
    this.#isReading = true;
    // A page at a time, until there is nothing more; who joins meanwhile is served by the next one.
    void this.#readOn().finally(() => {
      this.#isReading = false;
    });
  }

  async #readOn(): Promise<void> {
    while (this.#hasNews && this.#listeners.size > 0) {
      this.#hasNews = false;
      const through = this.#committedLsn;
      if (through <= this.#lsn) continue;
      const answer = await this.#read({ kind: 'range', from: this.#lsn + 1n, through, ...PAGE }).answer;
      if (answer.kind !== 'range') {
        this.#giveUp();
        return;
      }
      this.#spread(answer, through);
    }
  }

  #spread({ records, more }: Answer & { readonly kind: 'range' }, through: Lsn): void {
    const throughLsn = more ? (records.at(-1)?.lsn ?? this.#lsn) : through;
    this.#hasNews ||= more || this.#committedLsn > throughLsn;
    this.#lsn = throughLsn;
    if (records.length === 0) return;
    const encoded = new Map<RecordEncoder, ReturnType<RecordEncoder['encode']>>();
    const news: News = {
      records,
      throughLsn,
      bytesFor(encoder) {
        const bytes = encoded.get(encoder) ?? encoder.encode(records);
        encoded.set(encoder, bytes);
        return bytes;
      },
    };
    for (const listener of [...this.#listeners]) listener.tell(news);
  }

  /** What comes next cannot be read here and now, for damage or because this replica stops. Each finds out for itself. */
  #giveUp(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.readYourself();
  }

  #beat(): void {
    for (const listener of [...this.#listeners]) listener.stillHere(this.#lsn);
  }
}
