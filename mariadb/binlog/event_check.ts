import { crc32 } from 'node:zlib';
import { type EventPiece, roleOf } from './binlog_event.ts';
import { BinlogError } from './errors.ts';
import { EVENT_HEADER_BYTES, type EventHeader, FLAGS_OFFSET, IN_USE_FLAG, parseEventHeader } from './event_header.ts';
import { EVENT_TYPE } from './event_types.ts';
import { CRC_BYTES, parseFormatDescription } from './format_description.ts';

/** Every binary log begins with these bytes: `fe 62 69 6e`. */
export const BINLOG_MAGIC = Buffer.from([0xfe, 0x62, 0x69, 0x6e]);

/**
 * Checks the events of one binary log, one after the other, wherever they come from: size, position (`end_log_pos`),
 * checksum. Nothing that it has not checked is given out.
 */
export class EventChecker {
  readonly #name: string;
  /** Where the next event begins. */
  #offset: number;
  /** Undefined until the format description. */
  #checksumBytes: 0 | 4 | undefined;

  /**
   * @param name for error sentences.
   * @param offset where the first event begins.
   * @param checksumBytes known already, when events do not begin with the file's format description.
   */
  constructor(name: string, offset: number = BINLOG_MAGIC.byteLength, checksumBytes?: 0 | 4) {
    this.#name = name;
    this.#offset = offset;
    this.#checksumBytes = checksumBytes;
  }

  get offset(): number {
    return this.#offset;
  }

  /** How many bytes of checksum end each event. Undefined until the format description. */
  get checksumBytes(): 0 | 4 | undefined {
    return this.#checksumBytes;
  }

  /**
   * Takes the next event, whole. The flag "in use" of the format description is taken as cleared, so that an open file reads as it
   * will when it is closed; that is how MariaDB computes its checksum, and sends it to replicas.
   * @throws BinlogError `foreign`, `encrypted`, `damaged`.
   */
  whole(found: Buffer): EventPiece {
    if (found.byteLength < EVENT_HEADER_BYTES) throw this.damaged('is shorter than its header');
    const header = parseEventHeader(found);
    if (header.sizeBytes !== found.byteLength) {
      throw this.damaged(`says that it has ${header.sizeBytes} bytes, but has ${found.byteLength}`);
    }
    this.place(header);
    let bytes = found;
    let checksumBytes = this.#checksumBytes;
    if (checksumBytes === undefined) {
      if (header.type !== EVENT_TYPE.formatDescription) {
        throw new BinlogError('foreign', `${this.#name} does not begin with a format description.`);
      }
      bytes = closed(found);
      this.#checksumBytes = parseFormatDescription(bytes, this.#name).checksumBytes;
      // The description itself always has a checksum.
      checksumBytes = CRC_BYTES;
    }
    const checked = bytes.subarray(0, bytes.byteLength - checksumBytes);
    if (checked.byteLength < EVENT_HEADER_BYTES) throw this.damaged('is too short for its checksum');
    if (checksumBytes > 0) this.sum(crc32(checked), bytes.readUInt32LE(checked.byteLength));
    const offset = this.#offset;
    this.#offset += bytes.byteLength;
    return { event: { header, role: roleOf(header, checked, checked), offset }, bytes, last: true };
  }

  /** Whether an event with this header may stand here. @throws BinlogError */
  place({ type, sizeBytes, endLogPos }: EventHeader): void {
    if (type === EVENT_TYPE.startEncryption) {
      throw new BinlogError(
        'encrypted',
        `${this.#name} is encrypted. Switch encrypt_binlog off, or let the server send its log decrypted.`,
      );
    }
    if (
      type === EVENT_TYPE.mysqlGtid ||
      type === EVENT_TYPE.mysqlAnonymousGtid ||
      type === EVENT_TYPE.mysqlPreviousGtids
    ) {
      throw new BinlogError('foreign', `${this.#name} holds events of MySQL (type ${type}), not of MariaDB.`);
    }
    if (endLogPos !== this.#offset + sizeBytes) {
      throw this.damaged(
        `should end at ${this.#offset + sizeBytes} but says ${endLogPos}; it is damaged, or this is a relay log`,
      );
    }
  }

  /** @throws BinlogError `damaged` when the checksums differ. */
  sum(computed: number, stored: number): void {
    if (computed === stored) return;
    throw this.damaged(`has checksum ${hex(stored)}, but its bytes have ${hex(computed)}`);
  }

  /** An event that was checked piece by piece: the next one begins after it. */
  skip(bytes: number): void {
    this.#offset += bytes;
  }

  damaged(what: string): BinlogError {
    return new BinlogError('damaged', `${this.#name}: the event at ${this.#offset} ${what}. Copy the file again.`);
  }
}

/** The event as it is once its file is closed. */
function closed(formatDescription: Buffer): Buffer {
  const copy = Buffer.from(formatDescription);
  copy.writeUInt16LE(copy.readUInt16LE(FLAGS_OFFSET) & ~IN_USE_FLAG, FLAGS_OFFSET);
  return copy;
}

function hex(sum: number): string {
  return `0x${sum.toString(16).padStart(8, '0')}`;
}
