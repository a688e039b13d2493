import { allocate } from '../bytes/allocate.ts';
import { holds32, holds64, put32, put64 } from '../bytes/put.ts';
import type { Lsn } from '../vocabulary/units.ts';
import { FRAME_HEADER_BYTES } from './entry.ts';

/** The published layout of a record on disk: LSN (u64) · length (u32) · data, little-endian. Copies `data`. */
export function encodeFrame(lsn: Lsn, data: Uint8Array): Uint8Array {
  const frame = allocate(FRAME_HEADER_BYTES + data.length);
  put64(frame, 0, lsn);
  put32(frame, 8, data.length);
  frame.set(data, FRAME_HEADER_BYTES);
  return frame;
}

/** Does `frame` carry this LSN and this many bytes of data? Says nothing about the data itself. */
export function frameHeaderIs(frame: Uint8Array, lsn: Lsn, dataBytes: number): boolean {
  if (frame.length < FRAME_HEADER_BYTES || frame.length !== FRAME_HEADER_BYTES + dataBytes) return false;
  return holds64(frame, 0, lsn) && holds32(frame, 8, dataBytes);
}

/** The data inside a frame: a view, not a copy. */
export function frameData(frame: Uint8Array): Uint8Array {
  return frame.subarray(FRAME_HEADER_BYTES);
}
