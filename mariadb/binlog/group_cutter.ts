import type { BinlogEvent, EventPiece } from './binlog_event.ts';
import { Fragmenter } from './fragments.ts';
import type { Gtid } from './gtid.ts';
import { toLsn } from './lsn.ts';

/** A record as the safekeepers store it: a unit of the binary log, or a fragment of a large one. */
export interface CutRecord {
  /** `file number × 2^32 + offset` right after its last byte. */
  readonly lsn: bigint;
  /** The bytes as they are in the file. */
  readonly data: Uint8Array;
  /** False for every fragment but the last; always what `endsUnit(data.byteLength)` says. */
  readonly endsUnit: boolean;
  /**
   * - `group`: a transaction, from its GTID event to its end.
   * - `event`: one event that belongs to no group.
   * - `brokenGroup`: a group that another one follows before it ended, as a full disk leaves it. Whoever restores drops it.
   *   (Its earlier fragments said `group`.)
   */
  readonly kind: 'group' | 'event' | 'brokenGroup';
  /** Of a group. */
  readonly gtid: Gtid | undefined;
}

interface OpenGroup {
  readonly gtid: Gtid | undefined;
  readonly standalone: boolean;
}

/** Cuts the events of one file into records, one complete group each, wherever the events come from. */
export class GroupCutter {
  readonly #fileNumber: number;
  readonly #fragmenter = new Fragmenter();
  #group: OpenGroup | undefined;
  /** The event whose pieces are coming in. */
  #event: BinlogEvent | undefined;
  /** Where the next record begins in the file. */
  #offset = 0;

  constructor(fileNumber: number) {
    this.#fileNumber = fileNumber;
  }

  /** The group whose end has not come yet. */
  get openGroup(): { readonly gtid: Gtid | undefined; readonly pendingBytes: number } | undefined {
    if (this.#group === undefined) return undefined;
    return { gtid: this.#group.gtid, pendingBytes: this.#fragmenter.pendingBytes };
  }

  /** @returns the records that are certain after this piece: none, one, or the last fragments of a large unit. */
  push({ event, bytes, last }: EventPiece): readonly CutRecord[] {
    const records: CutRecord[] = [];
    if (this.#event !== event) {
      this.#event = event;
      this.#begin(event, records);
    }
    for (const data of this.#fragmenter.push(bytes)) records.push(this.#record(data, false, this.#kind()));
    if (last && this.#endsWith(event)) {
      this.#finish(this.#kind(), records);
      this.#group = undefined;
    }
    return records;
  }

  #begin(event: BinlogEvent, records: CutRecord[]): void {
    const { role } = event;
    if (this.#group !== undefined && role.kind !== 'inside') {
      this.#finish('brokenGroup', records);
      this.#group = undefined;
    }
    if (role.kind === 'begins') this.#group = { gtid: role.gtid, standalone: role.standalone };
    if (this.#fragmenter.pendingBytes === 0) this.#offset = event.offset;
  }

  #endsWith({ role }: BinlogEvent): boolean {
    if (this.#group === undefined) return true;
    if (role.kind !== 'inside') return false;
    return this.#group.standalone ? role.endsStandalone : role.endsTransaction;
  }

  #kind(): CutRecord['kind'] {
    return this.#group === undefined ? 'event' : 'group';
  }

  #finish(kind: CutRecord['kind'], records: CutRecord[]): void {
    const fragments = this.#fragmenter.finish();
    fragments.forEach((data, index) => records.push(this.#record(data, index === fragments.length - 1, kind)));
  }

  #record(data: Uint8Array, endsUnit: boolean, kind: CutRecord['kind']): CutRecord {
    this.#offset += data.byteLength;
    const lsn = toLsn({ fileNumber: this.#fileNumber, offset: this.#offset });
    return { lsn, data, endsUnit, kind, gtid: this.#group?.gtid };
  }
}
