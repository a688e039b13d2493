/** A record as the published document lays it out in a `wal_<lsn>` file. */
export interface PublishedRecord {
  readonly lsn: bigint;
  readonly data: Buffer;
}

/**
 * Parses a `wal_<lsn>` file by the published layout and nothing else: LSN (8 bytes, little-endian), length (4 bytes,
 * little-endian), data. Written from the document, without the engine's code.
 *
 * @throws Error when a byte is left over.
 */
export function parsePublished(file: Buffer): readonly PublishedRecord[] {
  const records: PublishedRecord[] = [];
  let at = 0;
  while (at < file.byteLength) {
    if (at + 12 > file.byteLength) throw new Error(`half a header at ${at} of ${file.byteLength}`);
    const lsn = file.readBigUInt64LE(at);
    const length = file.readUInt32LE(at + 8);
    const end = at + 12 + length;
    if (end > file.byteLength) throw new Error(`record ${lsn} at ${at} ends at ${end} of ${file.byteLength}`);
    records.push({ lsn, data: file.subarray(at + 12, end) });
    at = end;
  }
  return records;
}
