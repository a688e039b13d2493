import { EVENT_HEADER_BYTES } from './event_header.ts';

/** MariaDB's global transaction id. */
export interface Gtid {
  readonly domainId: number;
  readonly serverId: number;
  readonly sequence: bigint;
}

export interface GtidEvent {
  readonly gtid: Gtid;
  /** The group has no COMMIT: it ends with its one statement. */
  readonly standalone: boolean;
}

/** A `GTID` event has at least this many bytes before its checksum. */
export const GTID_EVENT_BYTES_MIN = EVENT_HEADER_BYTES + 13;

const FL_STANDALONE = 1;
const GTID_LIST_ENTRY_BYTES = 16;
const GTID_LIST_COUNT_MASK = 0x0fff_ffff;

/**
 * Reads a `GTID` event: sequence number (u64), domain (u32), flags (u8); the server id is the header's.
 * Source: MariaDB, `Gtid_log_event`.
 * @param event its first `GTID_EVENT_BYTES_MIN` bytes or more.
 */
export function parseGtidEvent(event: Buffer, serverId: number): GtidEvent {
  return {
    gtid: {
      sequence: event.readBigUInt64LE(EVENT_HEADER_BYTES),
      domainId: event.readUInt32LE(EVENT_HEADER_BYTES + 8),
      serverId,
    },
    standalone: (event.readUInt8(EVENT_HEADER_BYTES + 12) & FL_STANDALONE) !== 0,
  };
}

/**
 * Reads a `GTID_LIST` event, the state at the beginning of its file: the last transaction of each domain and server.
 * Source: MariaDB, `Gtid_list_log_event`: count in the low 28 bits of a u32; then domain (u32), server (u32), sequence (u64).
 */
export function parseGtidList(event: Buffer): readonly Gtid[] {
  const count = event.readUInt32LE(EVENT_HEADER_BYTES) & GTID_LIST_COUNT_MASK;
  return Array.from({ length: count }, (_unused, index) => {
    const at = EVENT_HEADER_BYTES + 4 + index * GTID_LIST_ENTRY_BYTES;
    return {
      domainId: event.readUInt32LE(at),
      serverId: event.readUInt32LE(at + 4),
      sequence: event.readBigUInt64LE(at + 8),
    };
  });
}

/** As MariaDB writes it: `0-1-5479`. */
export function gtidToString({ domainId, serverId, sequence }: Gtid): string {
  return `${domainId}-${serverId}-${sequence}`;
}
