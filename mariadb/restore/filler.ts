import { crc32 } from 'node:zlib';
import { EVENT_HEADER_BYTES, type EventHeader } from '../binlog/event_header.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';

/** After the header: thread id (4), seconds (4), length of the database name (1), error (2), status variables (2), NUL. */
const QUERY_HEAD_BYTES = 13;
const COMMENT = '# A transaction that no server ended stood here.';
const CHECKSUM_BYTES = 4;
/** The server takes no packet that is much larger. */
const EVENT_BYTES_MAX = 64 * 1024;
/** A group has a GTID event at least; of a shorter comment the beginning is enough. */
const EVENT_BYTES_MIN = 38;
/** `LOG_EVENT_SUPPRESS_USE_F`: no database is meant. */
const SUPPRESS_USE_FLAG = 0x8;

/**
 * Events that do nothing, as long as what they stand for: queries that are a comment, as MariaDB itself puts them where a
 * replica must not see an event (`Query_log_event::dummy_event`). So the positions behind them stay right.
 * @param offset where the first one begins in its file.
 * @param bytes how long they are together: at least `EVENT_BYTES_MIN`, as every group is.
 */
export function fillerEvents(
  { timestamp, serverId }: Pick<EventHeader, 'timestamp' | 'serverId'>,
  offset: number,
  bytes: number,
  checksumBytes: 0 | 4,
): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes; ) {
    const left = bytes - at;
    // The last two share what is left, so that neither is too short.
    const size = left <= EVENT_BYTES_MAX ? left : Math.min(EVENT_BYTES_MAX, left - EVENT_BYTES_MIN);
    const event = Buffer.alloc(size, 0x20);
    event.writeUInt32LE(timestamp, 0);
    event.writeUInt8(EVENT_TYPE.query, 4);
    event.writeUInt32LE(serverId, 5);
    event.writeUInt32LE(size, 9);
    event.writeUInt32LE(offset + at + size, 13);
    event.writeUInt16LE(SUPPRESS_USE_FLAG, 17);
    event.fill(0, EVENT_HEADER_BYTES, EVENT_HEADER_BYTES + QUERY_HEAD_BYTES + 1);
    const commentAt = EVENT_HEADER_BYTES + QUERY_HEAD_BYTES + 1;
    event.write(COMMENT, commentAt, Math.max(0, size - checksumBytes - commentAt), 'latin1');
    if (checksumBytes > 0) event.writeUInt32LE(crc32(event.subarray(0, size - CHECKSUM_BYTES)), size - CHECKSUM_BYTES);
    pieces.push(event);
    at += size;
  }
  return Buffer.concat(pieces);
}
