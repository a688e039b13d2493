import type { ClientEvent } from '../../client/index.ts';
import { formatBytes, formatCounted, formatDuration } from './amounts.ts';
import type { Terminal } from './terminal.ts';

/** What was sent so far. */
export interface SentSoFar {
  readonly records: number;
  readonly bytes: number;
  /** Undefined until the first acknowledgement. */
  readonly lastLsn: bigint | undefined;
  readonly elapsedMs: number;
  /** How often another replica than before answered. */
  readonly failOvers: number;
}

const DRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;
/** A moment's trouble is not worth a word. */
const TROUBLE_AFTER_MS = 1_500;
const BAR_CELLS = 24;

/** Counts acknowledgements and shows them: a bar on a terminal, now and then a line elsewhere. */
export class SendProgress {
  readonly #terminal: Terminal;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  readonly #startedMs: number;
  #totalBytes = 0;
  #records = 0;
  #bytes = 0;
  #lastLsn: bigint | undefined;
  #failOvers = 0;
  /** When the last good thing happened. */
  #goodMs: number;
  /** Why attempts fail since then. */
  #trouble: string | undefined;
  #troubleTold = false;
  #shownMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, timeoutMs: number, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
    this.#startedMs = now();
    this.#goodMs = this.#startedMs;
    this.#shownMs = this.#startedMs;
  }

  /** Begins to show. */
  start(): void {
    this.#timer = setInterval(() => this.show(), DRAW_EVERY_MS);
  }

  /** Ends showing, and clears the bar. */
  stop(): void {
    clearInterval(this.#timer);
    this.#terminal.draw?.('');
  }

  /** How many bytes there are to send. */
  expect(totalBytes: number): void {
    this.#totalBytes = totalBytes;
  }

  acknowledged(lsn: bigint, bytes: number): void {
    this.#records += 1;
    this.#bytes += bytes;
    this.#lastLsn = lsn;
    this.good();
  }

  /** Something worked. */
  good(): void {
    if (this.#troubleTold) this.#terminal.err(`Going on after ${formatDuration(this.#now() - this.#goodMs)}.`);
    this.#goodMs = this.#now();
    this.#trouble = undefined;
    this.#troubleTold = false;
  }

  heard(event: ClientEvent): void {
    if (event.kind === 'retrying') this.#trouble = event.reason;
    else if (event.previousUrl !== undefined) this.#failOvers += 1;
  }

  get soFar(): SentSoFar {
    return {
      records: this.#records,
      bytes: this.#bytes,
      lastLsn: this.#lastLsn,
      elapsedMs: this.#now() - this.#startedMs,
      failOvers: this.#failOvers,
    };
  }

  /** Shows what there is to show by now. */
  show(): void {
    const now = this.#now();
    if (this.#trouble !== undefined && !this.#troubleTold && now - this.#goodMs >= TROUBLE_AFTER_MS) {
      this.#troubleTold = true;
      const limit = formatDuration(this.#timeoutMs);
      this.#terminal.err(`No answer from a quorum. Retrying, for up to ${limit} without progress. ${this.#trouble}`);
    }
    if (this.#totalBytes === 0) return;
    if (this.#terminal.draw !== undefined) {
      this.#terminal.draw(`${this.#bar()} ${this.#line()}`);
    } else if (now - this.#shownMs >= LINE_EVERY_MS) {
      this.#shownMs = now;
      this.#terminal.err(this.#line());
    }
  }

  #bar(): string {
    const cells = Math.floor(BAR_CELLS * this.#done());
    return `[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}]`;
  }

  #line(): string {
    const { records, bytes, elapsedMs } = this.soFar;
    const leftMs = bytes === 0 ? undefined : (elapsedMs * (this.#totalBytes - bytes)) / bytes;
    return [
      `${Math.floor(100 * this.#done())} %`,
      formatCounted(records, 'record'),
      `${formatBytes(bytes)} of ${formatBytes(this.#totalBytes)}`,
      `${formatBytes((bytes / Math.max(1, elapsedMs)) * 1_000)}/s`,
      leftMs === undefined ? 'waiting for the first answer' : `${formatDuration(Math.max(0, leftMs))} left`,
    ].join(', ');
  }

  #done(): number {
    return Math.min(1, this.#bytes / this.#totalBytes);
  }
}
