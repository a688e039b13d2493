import { crc32 } from 'node:zlib';
import { EVENT_TYPE } from '../event_types.ts';
import type { Gtid } from '../gtid.ts';
import { BINLOG_MAGIC } from '../event_check.ts';

export interface SyntheticOptions {
  readonly checksums?: boolean;
  readonly serverVersion?: string;
  readonly binlogVersion?: number;
  /** As while the server has the file open. */
  readonly inUse?: boolean;
}

const HEADER_BYTES = 19;
const WRITE_ROWS = 23;
const FL_STANDALONE = 1;

/** Builds a binary log event by event, as a server would write it; for cases no real log at hand shows. */
export class SyntheticLog {
  /** Where each event begins. */
  readonly offsets: number[] = [];
  readonly #parts: Buffer[] = [BINLOG_MAGIC];
  readonly #checksums: boolean;
  #size = BINLOG_MAGIC.byteLength;
  #sequence = 0n;

  constructor(options: SyntheticOptions = {}) {
    this.#checksums = options.checksums ?? true;
    const body = Buffer.alloc(2 + 50 + 4 + 1 + 170 + 1);
    body.writeUInt16LE(options.binlogVersion ?? 4, 0);
    body.write(options.serverVersion ?? '10.11.19-MariaDB-log', 2, 'latin1');
    body.writeUInt8(HEADER_BYTES, 56);
    body.writeUInt8(this.#checksums ? 1 : 0, body.byteLength - 1);
    // MariaDB computes the description's checksum without the flag, and always writes one.
    const event = this.#event(EVENT_TYPE.formatDescription, body, true);
    if (options.inUse === true) event.writeUInt16LE(1, 17);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  add(type: number, body: Uint8Array = Buffer.alloc(0)): this {
    this.#event(type, body, this.#checksums);
    return this;
  }

  /** The last transactions before this file. */
  gtidList(gtids: readonly Gtid[]): this {
    const body = Buffer.alloc(4 + gtids.length * 16);
    body.writeUInt32LE(gtids.length, 0);
    gtids.forEach(({ domainId, serverId, sequence }, index) => {
      body.writeUInt32LE(domainId, 4 + index * 16);
      body.writeUInt32LE(serverId, 8 + index * 16);
      body.writeBigUInt64LE(sequence, 12 + index * 16);
    });
    return this.add(EVENT_TYPE.gtidList, body);
  }

  gtid(standalone = false): this {
    this.#sequence += 1n;
    const body = Buffer.alloc(19);
    body.writeBigUInt64LE(this.#sequence, 0);
    body.writeUInt8(standalone ? FL_STANDALONE : 0, 12);
    return this.add(EVENT_TYPE.gtid, body);
  }

  query(text: string): this {
    return this.add(EVENT_TYPE.query, Buffer.concat([Buffer.alloc(13), Buffer.from(`shop\0${text}`, 'latin1')]));
  }

  rows(bytes: number): this {
    return this.add(EVENT_TYPE.tableMap, Buffer.alloc(20, 7)).add(WRITE_ROWS, Buffer.alloc(bytes, bytes % 251));
  }

  /** A transaction with one row event of so many bytes. */
  transaction(bytes: number): this {
    return this.gtid().rows(bytes).add(EVENT_TYPE.xid, Buffer.alloc(8, 1));
  }

  /** Puts bytes into the file that are no event. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(Buffer.from(bytes));
    this.#size += bytes.byteLength;
    return this;
  }

  #event(type: number, body: Uint8Array, checksum: boolean): Buffer {
    const event = Buffer.alloc(HEADER_BYTES + body.byteLength + (checksum ? 4 : 0));
    event.writeUInt32LE(1_700_000_000, 0);
    event.writeUInt8(type, 4);
    event.writeUInt32LE(1, 5);
    event.writeUInt32LE(event.byteLength, 9);
    event.writeUInt32LE(this.#size + event.byteLength, 13);
    event.set(body, HEADER_BYTES);
    if (checksum) event.writeUInt32LE(crc32(event.subarray(0, -4)), event.byteLength - 4);
    this.offsets.push(this.#size);
    this.#parts.push(event);
    this.#size += event.byteLength;
    return event;
  }
}
