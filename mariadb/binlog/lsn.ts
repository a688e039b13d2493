const POSITION_BITS = 32n;
const POSITION_MAX = 0xffff_ffff;

/** A place in a server's binary logs: the number in the file's name, and a byte offset in that file. */
export interface BinlogPosition {
  /** 1 … 2^32−1. */
  readonly fileNumber: number;
  /** 0 … 2^32−1. */
  readonly offset: number;
}

/**
 * The LSN of what ends at this position: `file number × 2^32 + offset`. It increases over events, rotation and restart,
 * and it is the position at which to resume.
 * @throws RangeError when a part does not fit into 32 bits.
 */
export function toLsn({ fileNumber, offset }: BinlogPosition): bigint {
  for (const part of [fileNumber, offset]) {
    if (!Number.isInteger(part) || part < 0 || part > POSITION_MAX) {
      throw new RangeError(`File ${fileNumber}, offset ${offset} does not fit into an LSN.`);
    }
  }
  return (BigInt(fileNumber) << POSITION_BITS) | BigInt(offset);
}

/** The inverse of `toLsn`. A file number of 0 means that no binary log gave this LSN. */
export function fromLsn(lsn: bigint): BinlogPosition {
  return { fileNumber: Number(lsn >> POSITION_BITS), offset: Number(lsn & BigInt(POSITION_MAX)) };
}
