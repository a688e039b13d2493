import { crc32 } from 'node:zlib';
import { EVENT_HEADER_BYTES } from '../binlog/event_header.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';

const ARTIFICIAL_FLAG = 0x20;
const CHECKSUM_BYTES = 4;

/** Says that what follows is of this file. Source: MariaDB, sql/sql_repl.cc, fake_rotate_event. */
export function rotateTo(file: string, serverId: number, checksumBytes: 0 | 4): Buffer {
  const body = Buffer.alloc(8 + Buffer.byteLength(file));
  body.writeBigUInt64LE(4n, 0);
  body.write(file, 8);
  return madeUp(EVENT_TYPE.rotate, serverId, 0, ARTIFICIAL_FLAG, body, checksumBytes);
}

/** Says that nothing has happened behind this position. Source: send_heartbeat_event. */
export function heartbeat(file: string, position: number, serverId: number, checksumBytes: 0 | 4): Buffer {
  return madeUp(EVENT_TYPE.heartbeat, serverId, position, 0, Buffer.from(file), checksumBytes);
}

function madeUp(
  type: number,
  serverId: number,
  position: number,
  flags: number,
  body: Buffer,
  checksumBytes: 0 | 4,
): Buffer {
  const event = Buffer.alloc(EVENT_HEADER_BYTES + body.byteLength + checksumBytes);
  event.writeUInt8(type, 4);
  event.writeUInt32LE(serverId, 5);
  event.writeUInt32LE(event.byteLength, 9);
  event.writeUInt32LE(position, 13);
  event.writeUInt16LE(flags, 17);
  body.copy(event, EVENT_HEADER_BYTES);
  const end = event.byteLength - CHECKSUM_BYTES;
  if (checksumBytes > 0) event.writeUInt32LE(crc32(event.subarray(0, end)), end);
  return event;
}
