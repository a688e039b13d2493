import { type Event, eventsOf } from '../../engine/vocabulary/index.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';
import type { StoredIdentifier } from './disk_reader.ts';
import { describeEntry, sameEntry } from './ledger.ts';
import type { Watermark } from './platter_log.ts';

interface Seen {
  readonly entry: StoredIdentifier;
  readonly previousTerm: number;
  readonly where: string;
}

/** Terms stay far below 2^20 in any run. */
const INDEXES = 2 ** 32;

/**
 * Two logs that have an entry of the same index and term have the same entry there, and the same before it. Property 3.
 * Checked on the platters, as entries arrive there; the prefix follows by induction from the previous entry's term.
 */
export class LogMatching implements Observer {
  private readonly context: CheckContext;
  private readonly seen = new Map<number, Seen>();
  private readonly marks: readonly Watermark[];

  constructor(context: CheckContext) {
    this.context = context;
    this.marks = context.platters.map((platter) => platter.watermark());
  }

  started(replica: Replica): void {
    this.check(replica);
  }

  stepped(replica: Replica, event: Event): void {
    if (eventsOf(event).some(({ kind }) => kind === 'diskDone')) this.check(replica);
  }

  private check(replica: Replica): void {
    const platter = platterOf(this.context, replica);
    const mark = this.marks[replica.number];
    if (mark === undefined) return;
    const last = platter.lastIndex();
    while (mark.index < last) {
      const entry = platter.entry(mark.index + 1);
      if (entry === undefined) return;
      this.compare(replica, entry, platter.entry(mark.index)?.term ?? 0);
      mark.index += 1;
    }
  }

  private compare(replica: Replica, entry: StoredIdentifier, previousTerm: number): void {
    const key = entry.term * INDEXES + entry.index;
    const other = this.seen.get(key);
    if (other === undefined || this.mayBeAnotherFounding(entry)) {
      this.seen.set(key, { entry, previousTerm, where: replica.name });
      return;
    }
    requireThat(
      sameEntry(entry, other.entry) && previousTerm === other.previousTerm,
      'log matching',
      () =>
        `${replica.name} holds ${describeEntry(entry)} after term ${previousTerm}, ` +
        `${other.where} held ${describeEntry(other.entry)} after term ${other.previousTerm}.`,
    );
  }

  /**
   * The founding membership is nobody's to send: each replica works it out from the greetings of all. Who loses its
   * directory before the cluster is bound may be greeted as another, by some and not by others, and then another founding
   * is begun; that one of them at most is ever committed is for `CommittedLog` to see.
   */
  private mayBeAnotherFounding(entry: StoredIdentifier): boolean {
    return entry.term === 0 && this.context.replicas.some(({ losses }) => losses.lost);
  }
}
