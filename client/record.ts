import { MalformedError } from './errors.ts';
import { isU32, isU64 } from './u64.ts';

/** A piece of write-ahead log as the database wrote it. */
export interface WalRecord {
  /** 1 … 2^64−1, higher than every LSN before it. */
  readonly lsn: bigint;
  /** Stored byte for byte. It may be empty; the caller must not change it while it is being written. */
  readonly data: Uint8Array;
  /** Tablespace id, unsigned 32-bit, for page-addressed records. */
  readonly spaceId?: number | undefined;
  /** Page number, unsigned 32-bit, for page-addressed records. */
  readonly pageNo?: number | undefined;
}

/** A record with what ties it to its place in the log. */
export interface RecordToWrite extends WalRecord {
  /** The LSN of the record right before this one, 0 when this is the first. The server holds a record until it is there. */
  readonly previousLsn?: bigint | undefined;
  /** The writer's generation, 0 … 2^53−1; absent counts as 0. A log of a higher generation refuses it: `fenced`. */
  readonly generation?: number | undefined;
}

/** The answer to a write: the record is on a majority of disks. */
export interface Acknowledgement {
  readonly lastAppliedLsn: bigint;
}

/**
 * The JSON body of `POST /api/v1/stream_wal`, encoded once however often it is sent.
 * @throws MalformedError when a field is out of range.
 */
export function encodeRecord(record: RecordToWrite): Uint8Array {
  checkRecord(record);
  let json = `"lsn":${record.lsn}`;
  if (record.spaceId !== undefined) json += `,"space_id":${record.spaceId}`;
  if (record.pageNo !== undefined) json += `,"page_no":${record.pageNo}`;
  if (record.previousLsn !== undefined) {
    check(
      isU64(record.previousLsn) && record.previousLsn < record.lsn,
      `Previous LSN ${record.previousLsn} is not below LSN ${record.lsn}.`,
    );
    json += `,"prev_lsn":${record.previousLsn}`;
  }
  if (record.generation !== undefined) json += `,"generation":${checkedGeneration(record.generation)}`;
  return withData(`{${json},"wal_data":"`, record.data, '"}');
}

/** @throws MalformedError when a field is out of range. */
export function checkRecord({ lsn, spaceId, pageNo }: WalRecord): void {
  check(lsn > 0n && isU64(lsn), `LSN ${lsn} is not in 1 … 2^64−1.`);
  if (spaceId !== undefined) check(isU32(spaceId), `Space id ${spaceId} is not an unsigned 32-bit integer.`);
  if (pageNo !== undefined) check(isU32(pageNo), `Page number ${pageNo} is not an unsigned 32-bit integer.`);
}

/** Divisible by 3, so that the pieces of base64 join without padding between them. */
const BASE64_PIECE_BYTES = 48 * 1024;

/** `before`, the data in base64, and `after`, in one buffer: without a string as long as all of it. */
function withData(before: string, data: Uint8Array, after: string): Uint8Array {
  const source = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const body = Buffer.allocUnsafe(before.length + Math.ceil(source.byteLength / 3) * 4 + after.length);
  let at = body.write(before, 'latin1');
  for (let from = 0; from < source.byteLength; from += BASE64_PIECE_BYTES) {
    at += body.write(source.toString('base64', from, from + BASE64_PIECE_BYTES), at, 'latin1');
  }
  body.write(after, at, 'latin1');
  return body;
}

/** @throws MalformedError unless it is an integer in 0 … 2^53−1. */
export function checkedGeneration(generation: number): number {
  check(
    Number.isSafeInteger(generation) && generation >= 0,
    `Generation ${generation} is not an integer in 0 … 2^53−1.`,
  );
  return generation;
}

function check(holds: boolean, sentence: string): void {
  if (!holds) throw new MalformedError(sentence);
}
