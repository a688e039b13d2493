import { BinlogError } from './errors.ts';
import { EVENT_HEADER_BYTES } from './event_header.ts';

/** What the first event of a file says about all others. */
export interface FormatDescription {
  /** Such as `10.11.19-MariaDB-0+deb12u1-log`. */
  readonly serverVersion: string;
  /** How many bytes of checksum end each event: 4 (CRC-32), or 0. This event itself always has 4. */
  readonly checksumBytes: 0 | 4;
}

/** The checksum that ends a `FORMAT_DESCRIPTION` event, whatever the others have. */
export const CRC_BYTES = 4;

const VERSION_OFFSET = EVENT_HEADER_BYTES + 2;
const VERSION_BYTES = 50;
const HEADER_LENGTH_OFFSET = VERSION_OFFSET + VERSION_BYTES + 4;
const ALGORITHM_OFF = 0;
const ALGORITHM_CRC32 = 1;

/**
 * Reads a `FORMAT_DESCRIPTION` event: binlog version (u16), server version (50 bytes), creation time (u32), header length
 * (u8), one length for each event type, checksum algorithm (u8), CRC-32.
 * Source: MariaDB, `Format_description_log_event`.
 * @param where for error sentences.
 * @throws BinlogError `foreign` when it is no version 4 log of a MariaDB server.
 */
export function parseFormatDescription(event: Buffer, where: string): FormatDescription {
  const foreign = (why: string) =>
    new BinlogError('foreign', `${where} ${why} Only logs of MariaDB 10 and later can be read.`);
  if (event.byteLength < HEADER_LENGTH_OFFSET + 1 + 1 + CRC_BYTES)
    throw foreign('begins with too short a description.');
  const binlogVersion = event.readUInt16LE(EVENT_HEADER_BYTES);
  if (binlogVersion !== 4) throw foreign(`is a binary log of version ${binlogVersion}, not 4.`);
  const padded = event.toString('latin1', VERSION_OFFSET, VERSION_OFFSET + VERSION_BYTES);
  const serverVersion = padded.replace(/\0.*$/s, '');
  if (!/mariadb/i.test(serverVersion)) throw foreign(`was written by "${serverVersion}", not by MariaDB.`);
  const headerBytes = event.readUInt8(HEADER_LENGTH_OFFSET);
  if (headerBytes !== EVENT_HEADER_BYTES) throw foreign(`has event headers of ${headerBytes} bytes, not 19.`);
  const algorithm = event.readUInt8(event.byteLength - CRC_BYTES - 1);
  if (algorithm !== ALGORITHM_OFF && algorithm !== ALGORITHM_CRC32) {
    throw foreign(`uses checksum algorithm ${algorithm}, which is unknown.`);
  }
  return { serverVersion, checksumBytes: algorithm === ALGORITHM_CRC32 ? CRC_BYTES : 0 };
}
