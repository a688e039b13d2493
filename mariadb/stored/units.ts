import type { WalRecord } from '../../client/index.ts';
import { BinlogError } from '../binlog/errors.ts';
import { BINLOG_MAGIC, EventChecker } from '../binlog/event_check.ts';
import type { BinlogEvent } from '../binlog/binlog_event.ts';
import { parseEventHeader } from '../binlog/event_header.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { endsUnit } from '../binlog/fragments.ts';
import { type Gtid, gtidToString } from '../binlog/gtid.ts';
import { fromLsn } from '../binlog/lsn.ts';

/** An event as it is stored: its header and role, and its bytes. */
export interface StoredEvent {
  readonly event: BinlogEvent;
  readonly bytes: Buffer;
}

/** A unit of a server's binary log, put together from its records: see mariadb/README.md. */
export interface StoredUnit {
  readonly fileNumber: number;
  /** Where it begins in its file. */
  readonly offset: number;
  /** Where it ends. */
  readonly endOffset: number;
  /** `file number × 2^32 + end`: the LSN of its last record. */
  readonly lsn: bigint;
  /**
   * - `group`: a transaction, complete.
   * - `event`: one event that belongs to no group.
   * - `broken`: a group that ended without its end, as a full disk leaves it. It has happened on no server.
   */
  readonly kind: 'group' | 'event' | 'broken';
  /** In order; never empty. */
  readonly events: readonly StoredEvent[];
  /** Of a group. */
  readonly gtid: Gtid | undefined;
  /** When it was written: seconds since 1970, of its last event. */
  readonly timestamp: number;
}

/** A transaction that the server did not end before it crashed: it happened nowhere, and is left out. */
export interface DroppedGroup {
  readonly fileNumber: number;
  /** Where it begins. */
  readonly offset: number;
  readonly bytes: number;
  /** `0-1-5479`, or empty. */
  readonly gtid: string;
}

/** Puts records together to units again, and checks each event as the cutter did. */
export class UnitReader {
  readonly #onDropped: (group: DroppedGroup) => void;
  #fileNumber = 0;
  #check: EventChecker | undefined;
  /** The fragments of a unit whose end has not come. */
  #fragments: Uint8Array[] = [];
  #offset = 0;
  #end = 0;

  /** @param onDropped told of a group without its end, once something else follows it. */
  constructor(onDropped: (group: DroppedGroup) => void = () => {}) {
    this.#onDropped = onDropped;
  }

  /** How many bytes of a unit wait for its end. */
  get pendingBytes(): number {
    return this.#end - this.#offset;
  }

  /**
   * Takes the next record.
   * @returns the unit that it ends.
   * @throws BinlogError `foreign` when records do not continue each other as those of one server's log do; `damaged`.
   */
  push({ lsn, data }: WalRecord): StoredUnit | undefined {
    const { fileNumber, offset: end } = fromLsn(lsn);
    const begin = end - data.byteLength;
    if (fileNumber !== this.#fileNumber) {
      if (fileNumber === 0 || begin !== BINLOG_MAGIC.byteLength) throw notFromABinlog(lsn);
      this.dropPending();
      this.#fileNumber = fileNumber;
      this.#check = new EventChecker(`The stored file ${fileNumber}`);
    } else if (begin !== this.#end) {
      throw notFromABinlog(lsn);
    }
    if (this.#fragments.length === 0) this.#offset = begin;
    this.#end = end;
    this.#fragments.push(data);
    if (!endsUnit(data.byteLength)) return undefined;
    return this.#unit(lsn);
  }

  /** Nothing follows for now: what is open is told, and left out. */
  dropPending(): void {
    if (this.#fragments.length === 0) return;
    const first = this.#fragments[0];
    const gtid = first === undefined || this.#check === undefined ? undefined : gtidOf(first, this.#check);
    const group = { fileNumber: this.#fileNumber, offset: this.#offset, bytes: this.pendingBytes };
    this.#fragments = [];
    this.#offset = this.#end;
    this.#onDropped({ ...group, gtid: gtid === undefined ? '' : gtidToString(gtid) });
  }

  #unit(lsn: bigint): StoredUnit {
    const check = this.#check;
    const data = asBuffer(this.#fragments);
    this.#fragments = [];
    const offset = this.#offset;
    this.#offset = this.#end;
    if (check === undefined) throw notFromABinlog(lsn);
    const events = eventsIn(data, check);
    const first = events[0]?.event;
    const last = events.at(-1)?.event;
    if (first === undefined || last === undefined) throw notFromABinlog(lsn);
    const gtid = first.role.kind === 'begins' ? first.role.gtid : undefined;
    return {
      fileNumber: this.#fileNumber,
      offset,
      endOffset: this.#end,
      lsn,
      kind: gtid === undefined ? 'event' : isComplete(first, last) ? 'group' : 'broken',
      events,
      gtid,
      timestamp: last.header.timestamp,
    };
  }
}

/** The units of stored records, in order; groups without their end are left out, `onDropped` is told of them. */
export async function* unitsOf(
  records: AsyncIterable<WalRecord>,
  onDropped?: (group: DroppedGroup) => void,
): AsyncGenerator<StoredUnit, void, undefined> {
  const reader = new UnitReader(onDropped);
  for await (const record of records) {
    const unit = reader.push(record);
    if (unit !== undefined) yield unit;
  }
  reader.dropPending();
}

/** Whether the unit is a file's first event. */
export function isFileHeader(unit: StoredUnit): boolean {
  return unit.events[0]?.event.header.type === EVENT_TYPE.formatDescription;
}

/** Whether a file ends with it in order: Rotate and Stop. */
export function endsFile(unit: StoredUnit): boolean {
  const type = unit.events[0]?.event.header.type;
  return type === EVENT_TYPE.rotate || type === EVENT_TYPE.stop;
}

function eventsIn(data: Buffer, check: EventChecker): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let at = 0; at < data.byteLength; ) {
    const left = data.byteLength - at;
    const sizeBytes = left < 13 ? 0 : data.readUInt32LE(at + 9);
    if (sizeBytes === 0 || sizeBytes > left) throw check.damaged('does not end with its record');
    const { event, bytes } = check.whole(data.subarray(at, at + sizeBytes));
    events.push({ event, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) });
    at += sizeBytes;
  }
  return events;
}

function isComplete(first: BinlogEvent, last: BinlogEvent): boolean {
  if (first.role.kind !== 'begins' || last.role.kind !== 'inside') return false;
  return first.role.standalone ? last.role.endsStandalone : last.role.endsTransaction;
}

/** Of a group whose first bytes are here. */
function gtidOf(fragment: Uint8Array, { offset, checksumBytes }: EventChecker): Gtid | undefined {
  const data = asBuffer([fragment]);
  if (data.byteLength < 19) return undefined;
  const { sizeBytes } = parseEventHeader(data);
  if (sizeBytes > data.byteLength) return undefined;
  const { role } = new EventChecker('', offset, checksumBytes).whole(data.subarray(0, sizeBytes)).event;
  return role.kind === 'begins' ? role.gtid : undefined;
}

function asBuffer(pieces: readonly Uint8Array[]): Buffer {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  return only === undefined ? Buffer.concat(pieces) : Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

function notFromABinlog(lsn: bigint): BinlogError {
  const { fileNumber, offset } = fromLsn(lsn);
  return new BinlogError(
    'foreign',
    `LSN ${lsn} (file ${fileNumber}, position ${offset}) does not continue a MariaDB binary log: what is stored was written by something else, or its beginning is missing.`,
  );
}
