import { checkRecord, type WalRecord } from '../record.ts';

/**
 * A record in a binary stream: LSN (8 bytes, little-endian), length (4 bytes, little-endian), data. The highest two bits of
 * the length say that a space id, and a page number, of 4 bytes each come before the data. LSN 0 is no record: its data
 * are the latest LSN.
 */
const HEADER_BYTES = 12;
const HAS_SPACE_ID = 0x8000_0000;
const HAS_PAGE_NO = 0x4000_0000;
const LENGTH_MASK = 0x3fff_ffff;

/** @throws MalformedError when a field is out of range. */
export function encodeFrame(record: WalRecord): Buffer {
  checkRecord(record);
  const { lsn, data, spaceId, pageNo } = record;
  const extra = (spaceId === undefined ? 0 : 4) + (pageNo === undefined ? 0 : 4);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + extra + data.byteLength);
  const flags = (spaceId === undefined ? 0 : HAS_SPACE_ID) + (pageNo === undefined ? 0 : HAS_PAGE_NO);
  frame.writeBigUInt64LE(lsn, 0);
  let at = frame.writeUInt32LE(flags + data.byteLength, 8);
  if (spaceId !== undefined) at = frame.writeUInt32LE(spaceId, at);
  if (pageNo !== undefined) at = frame.writeUInt32LE(pageNo, at);
  frame.set(data, at);
  return frame;
}

/** Cuts what arrives in pieces into records. */
export class FrameReader {
  /** How far the cluster was when it last said so. */
  latestLsn = 0n;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wanted = HEADER_BYTES;

  /** Whether everything that has come is whole. */
  get isAtBoundary(): boolean {
    return this.#heldBytes === 0;
  }

  /** The records that are whole now. Their data share memory with each other. */
  push(piece: Buffer): WalRecord[] {
    this.#held.push(piece);
    this.#heldBytes += piece.byteLength;
    if (this.#heldBytes < this.#wanted) return [];
    const bytes = this.#held.length === 1 ? piece : Buffer.concat(this.#held, this.#heldBytes);
    const records: WalRecord[] = [];
    let at = 0;
    for (;;) {
      const left = bytes.byteLength - at;
      this.#wanted = HEADER_BYTES;
      if (left < HEADER_BYTES) break;
      const field = bytes.readUInt32LE(at + 8);
      const hasSpaceId = (field & HAS_SPACE_ID) !== 0;
      const hasPageNo = (field & HAS_PAGE_NO) !== 0;
      const dataAt = HEADER_BYTES + (hasSpaceId ? 4 : 0) + (hasPageNo ? 4 : 0);
      this.#wanted = dataAt + (field & LENGTH_MASK);
      if (left < this.#wanted) break;
      const lsn = bytes.readBigUInt64LE(at);
      if (lsn === 0n) this.latestLsn = bytes.readBigUInt64LE(at + dataAt);
      else {
        records.push({
          lsn,
          data: bytes.subarray(at + dataAt, at + this.#wanted),
          ...(hasSpaceId ? { spaceId: bytes.readUInt32LE(at + HEADER_BYTES) } : {}),
          ...(hasPageNo ? { pageNo: bytes.readUInt32LE(at + dataAt - 4) } : {}),
        });
      }
      at += this.#wanted;
    }
    this.#heldBytes = bytes.byteLength - at;
    this.#held = this.#heldBytes === 0 ? [] : [bytes.subarray(at)];
    return records;
  }
}
