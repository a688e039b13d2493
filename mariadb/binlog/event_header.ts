/** Every event begins with this many bytes. */
export const EVENT_HEADER_BYTES = 19;

/** `FORMAT_DESCRIPTION` events carry it while their file is open for writing. Source: `LOG_EVENT_BINLOG_IN_USE_F`. */
export const IN_USE_FLAG = 0x1;
/** Where the flags are in an event. */
export const FLAGS_OFFSET = 17;

/** The header of a binary-log event; all little-endian. Source: MariaDB, sql/log_event.h. */
export interface EventHeader {
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly type: number;
  readonly serverId: number;
  /** Of the whole event: header, body and checksum. */
  readonly sizeBytes: number;
  /** The file offset right after the event, modulo 2^32. */
  readonly endLogPos: number;
  readonly flags: number;
}

/** Reads the header at `offset`; the caller has checked that `EVENT_HEADER_BYTES` are there. */
export function parseEventHeader(bytes: Buffer, offset = 0): EventHeader {
  return {
    timestamp: bytes.readUInt32LE(offset),
    type: bytes.readUInt8(offset + 4),
    serverId: bytes.readUInt32LE(offset + 5),
    sizeBytes: bytes.readUInt32LE(offset + 9),
    endLogPos: bytes.readUInt32LE(offset + 13),
    flags: bytes.readUInt16LE(offset + FLAGS_OFFSET),
  };
}
