import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type BinlogEvent, type EventPiece, roleOf } from './binlog_event.ts';
import { BinlogError } from './errors.ts';
import { BINLOG_MAGIC, EventChecker } from './event_check.ts';
import { EVENT_HEADER_BYTES, parseEventHeader } from './event_header.ts';
import { TAIL_BYTES } from './event_types.ts';
import { GTID_EVENT_BYTES_MIN } from './gtid.ts';

/** Larger events come in pieces of this size; nothing larger is ever held. */
const READ_BYTES = 1024 * 1024;
const FILE_BYTES_MAX = 0xffff_ffff;

/** A binary log that ends in the middle of an event, or in zeros, as a crash or a writing server leaves it. No error. */
export interface TornTail {
  readonly kind: 'tornTail';
  /** Where the incomplete event begins. */
  readonly offset: number;
  /** How many bytes of it are there. */
  readonly bytes: number;
}

/**
 * Reads the events of one binary log, whatever its size, in a few MiB of memory. Each is checked (size, position,
 * checksum) before its first byte is given out. The flag "in use" of the first event is taken as cleared, so that an open
 * file reads as it will when it is closed; that is how MariaDB computes its checksum, and sends it to replicas.
 *
 * @param name for error sentences.
 * @param onTornTail told when the file ends in the middle of an event; then there are no more.
 * @throws BinlogError `foreign`, `encrypted`, `damaged`, `too_long`.
 */
export async function* readEvents(
  file: FileHandle,
  name: string,
  onTornTail: (tail: TornTail) => void,
): AsyncGenerator<readonly EventPiece[], void, undefined> {
  const { size } = await file.stat();
  if (size > FILE_BYTES_MAX) {
    throw new BinlogError('too_long', `${name} has ${size} bytes; positions beyond 4 GiB do not fit an LSN.`);
  }
  const magic = await readAt(file, name, 0, Math.min(size, BINLOG_MAGIC.byteLength));
  if (!magic.equals(BINLOG_MAGIC.subarray(0, magic.byteLength))) {
    throw new BinlogError('foreign', `${name} is no binary log: it does not begin with fe 62 69 6e.`);
  }
  if (size === 0) return;
  if (size < BINLOG_MAGIC.byteLength) return onTornTail({ kind: 'tornTail', offset: 0, bytes: size });
  const reader = new EventReader(file, name, size);
  while (reader.offset < size) {
    const pieces = await reader.next();
    if (pieces.length > 0) yield pieces;
    if (reader.atLargeEvent) yield* reader.largeEvent();
    if (reader.torn) return onTornTail({ kind: 'tornTail', offset: reader.offset, bytes: size - reader.offset });
  }
}

class EventReader {
  /** What is left of the file is less than an event. */
  torn = false;
  /** The next event is larger than a buffer. */
  atLargeEvent = false;
  readonly #file: FileHandle;
  readonly #name: string;
  readonly #size: number;
  readonly #check: EventChecker;

  constructor(file: FileHandle, name: string, size: number) {
    this.#file = file;
    this.#name = name;
    this.#size = size;
    this.#check = new EventChecker(name);
  }

  /** Where the next event begins. */
  get offset(): number {
    return this.#check.offset;
  }

  /** The whole events of one buffer; none when the next one is torn or large. */
  async next(): Promise<readonly EventPiece[]> {
    const buffer = await readAt(this.#file, this.#name, this.offset, Math.min(READ_BYTES, this.#size - this.offset));
    const pieces: EventPiece[] = [];
    let at = 0;
    while (at < buffer.byteLength) {
      const left = this.#size - this.offset;
      if (left < EVENT_HEADER_BYTES) {
        this.torn = true;
        break;
      }
      if (buffer.byteLength - at < EVENT_HEADER_BYTES) break;
      const header = parseEventHeader(buffer, at);
      if (header.sizeBytes === 0 && (await this.#onlyZerosLeft())) {
        this.torn = true;
        break;
      }
      if (header.sizeBytes < EVENT_HEADER_BYTES) {
        throw this.#check.damaged(`has an impossible size of ${header.sizeBytes} bytes`);
      }
      if (header.sizeBytes > left) {
        this.torn = true;
        break;
      }
      if (at + header.sizeBytes > buffer.byteLength) {
        this.atLargeEvent = header.sizeBytes > READ_BYTES && at === 0;
        break;
      }
      pieces.push(this.#check.whole(buffer.subarray(at, at + header.sizeBytes)));
      at += header.sizeBytes;
    }
    return pieces;
  }

  /** Reads the next event twice: first to check it, then to give it out. */
  async *largeEvent(): AsyncGenerator<readonly EventPiece[], void, undefined> {
    this.atLargeEvent = false;
    const head = await this.#read(this.offset, GTID_EVENT_BYTES_MIN);
    const header = parseEventHeader(head);
    const { checksumBytes } = this.#check;
    if (checksumBytes === undefined) throw this.#check.damaged('is too large to be a format description');
    this.#check.place(header);
    const begin = this.offset;
    const end = begin + header.sizeBytes;
    if (checksumBytes > 0) {
      let sum = 0;
      for (let at = begin; at < end - checksumBytes; at += READ_BYTES) {
        sum = crc32(await this.#read(at, Math.min(READ_BYTES, end - checksumBytes - at)), sum);
      }
      this.#check.sum(sum, (await this.#read(end - checksumBytes, checksumBytes)).readUInt32LE());
    }
    const tail = await this.#read(end - checksumBytes - TAIL_BYTES, TAIL_BYTES);
    const event: BinlogEvent = { header, role: roleOf(header, head, tail), offset: begin };
    while (this.offset < end) {
      const bytes = await this.#read(this.offset, Math.min(READ_BYTES, end - this.offset));
      this.#check.skip(bytes.byteLength);
      yield [{ event, bytes, last: this.offset === end }];
    }
  }

  /** A power cut can leave a file longer than what was written to it. */
  async #onlyZerosLeft(): Promise<boolean> {
    for (let at = this.offset; at < this.#size; at += READ_BYTES) {
      const bytes = await this.#read(at, Math.min(READ_BYTES, this.#size - at));
      if (bytes.some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  async #read(offset: number, bytes: number): Promise<Buffer> {
    return await readAt(this.#file, this.#name, offset, bytes);
  }
}

/** Reads exactly so many bytes. */
async function readAt(file: FileHandle, name: string, offset: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, offset + done);
    if (bytesRead === 0) throw new BinlogError('damaged', `${name} became shorter while it was read.`);
    done += bytesRead;
  }
  return buffer;
}
