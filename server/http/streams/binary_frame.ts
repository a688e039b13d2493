import type { StoredRecord } from '../../../engine/index.ts';

/**
 * A record in a binary stream: LSN (8 bytes, little-endian), length (4 bytes, little-endian), data; the layout of `wal_`
 * files, so that one can be sent as it is. No record has 2^30 bytes: the highest two bits of the length say that a space
 * id, and a page number, of 4 bytes each come before the data. They are not part of the length.
 */
export const FRAME_HEADER_BYTES = 12;
export const HAS_SPACE_ID = 0x8000_0000;
export const HAS_PAGE_NO = 0x4000_0000;
export const LENGTH_MASK = 0x3fff_ffff;

export function binaryFrameBytes({ data, spaceId, pageNo }: StoredRecord): number {
  return FRAME_HEADER_BYTES + (spaceId === undefined ? 0 : 4) + (pageNo === undefined ? 0 : 4) + data.byteLength;
}

/** Writes the record's frame into `target` at `at`; returns where it ends. */
export function writeBinaryFrame(target: Buffer, at: number, { lsn, data, spaceId, pageNo }: StoredRecord): number {
  let flags = 0;
  if (spaceId !== undefined) flags += HAS_SPACE_ID;
  if (pageNo !== undefined) flags += HAS_PAGE_NO;
  target.writeBigUInt64LE(lsn, at);
  let next = target.writeUInt32LE(flags + data.byteLength, at + 8);
  if (spaceId !== undefined) next = target.writeUInt32LE(spaceId, next);
  if (pageNo !== undefined) next = target.writeUInt32LE(pageNo, next);
  target.set(data, next);
  return next + data.byteLength;
}

/** How a stream of frames says how far the cluster is while it has no record to bring: LSN 0, then the latest LSN. */
export function latestFrame(latestLsn: bigint): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + 8);
  frame.writeUInt32LE(8, 8);
  frame.writeBigUInt64LE(latestLsn, FRAME_HEADER_BYTES);
  return frame;
}
