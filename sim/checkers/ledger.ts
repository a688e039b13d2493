import type { Lsn } from '../../engine/vocabulary/index.ts';
import type { StoredKind } from './disk_reader.ts';
import type { Variant } from './proposals.ts';

/** What makes an entry this one and no other. */
export interface EntryFacts {
  readonly index: number;
  readonly term: number;
  readonly kind: StoredKind;
  readonly lsn: Lsn;
  readonly generation: number | bigint;
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
  readonly checksum: number;
}

export interface CommittedEntry extends EntryFacts {
  readonly generation: number;
  /** The term of the first replica that was seen to take it for committed, at that moment. */
  readonly committedInTerm: number;
  /** Records up to and with this one. */
  readonly recordCount: number;
  /** What the client sent, if it is a record. */
  readonly variant: Variant | undefined;
}

export function sameEntry(one: EntryFacts, other: EntryFacts): boolean {
  return (
    one.term === other.term &&
    one.kind === other.kind &&
    one.lsn === other.lsn &&
    one.checksum === other.checksum &&
    Number(one.generation) === Number(other.generation) &&
    one.spaceId === other.spaceId &&
    one.pageNo === other.pageNo &&
    one.index === other.index
  );
}

export function describeEntry(entry: EntryFacts | undefined): string {
  if (entry === undefined) return 'nothing';
  const { index, term, kind, lsn, generation, checksum } = entry;
  return `entry ${index} of term ${term} (${kind}, LSN ${lsn}, generation ${generation}, checksum ${checksum.toString(16)})`;
}

/** The one log of the whole cluster: the first replica to commit an index extends it. Never shrinks. */
export class Ledger {
  private readonly entries: CommittedEntry[] = [];
  private readonly byLsn = new Map<Lsn, CommittedEntry>();
  private readonly records: CommittedEntry[] = [];
  private readonly byGeneration = new Map<number, CommittedEntry>();

  get lastIndex(): number {
    return this.entries.length;
  }

  get last(): CommittedEntry | undefined {
    return this.entries[this.entries.length - 1];
  }

  at(index: number): CommittedEntry | undefined {
    return this.entries[index - 1];
  }

  record(lsn: Lsn): CommittedEntry | undefined {
    return this.byLsn.get(lsn);
  }

  /** The entry that raised the log to this generation. */
  generationRaised(generation: number): CommittedEntry | undefined {
    return this.byGeneration.get(generation);
  }

  /** How many records there are below this LSN. */
  recordsBelow(lsn: Lsn): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.records[middle]?.lsn ?? lsn) < lsn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The `count`-th record, 1, 2, 3 … */
  recordNumber(count: number): CommittedEntry | undefined {
    return this.records[count - 1];
  }

  get recordCount(): number {
    return this.records.length;
  }

  append(entry: CommittedEntry): void {
    this.entries.push(entry);
    if (entry.kind === 'generation') this.byGeneration.set(entry.generation, entry);
    if (entry.kind === 'record') {
      this.byLsn.set(entry.lsn, entry);
      this.records.push(entry);
    }
  }
}
