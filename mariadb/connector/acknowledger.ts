import { endsUnit } from '../binlog/fragments.ts';
import { fromLsn } from '../binlog/lsn.ts';
import type { Dump } from './dump_source.ts';

/** A commit that waits. */
interface Waiting {
  readonly lsn: bigint;
  readonly file: string;
}

/**
 * Tells the server how far the quorum has its log: never further than the end of a unit that is committed, and only where
 * the server asked for it.
 */
export class Acknowledger {
  readonly #dump: Pick<Dump, 'acknowledge'>;
  readonly #waiting: Waiting[] = [];
  #reached: Waiting | undefined;
  #isPlanned = false;

  constructor(dump: Pick<Dump, 'acknowledge'>) {
    this.#dump = dump;
  }

  /** How many acknowledgements the server asked for and has not got. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** The server lets nobody go on before it hears that its log is safe up to here. */
  wanted(lsn: bigint, file: string): void {
    this.#waiting.push({ lsn, file });
  }

  /** A record, and all before it, is on a majority of disks. */
  committed(lsn: bigint, recordBytes: number): void {
    // An event that wants to be acknowledged ends a unit; a fragment of one says nothing yet.
    if (!endsUnit(recordBytes)) return;
    for (let next = this.#waiting[0]; next !== undefined && next.lsn <= lsn; next = this.#waiting[0]) {
      this.#reached = next;
      this.#waiting.shift();
    }
    if (this.#reached === undefined || this.#isPlanned) return;
    this.#isPlanned = true;
    // What is committed in one turn is acknowledged at once, by its last.
    queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    this.#isPlanned = false;
    const reached = this.#reached;
    if (reached === undefined) return;
    this.#reached = undefined;
    this.#dump.acknowledge(reached.file, fromLsn(reached.lsn).offset);
  }
}
