/** Commands and packets of replication. Source: MariaDB's sql/sql_repl.cc, sql/semisync_master.cc; all little-endian. */
const COM_BINLOG_DUMP = 0x12;
const COM_REGISTER_SLAVE = 0x15;

/** Annotate_rows events come, too: without them the stream has holes. Source: `BINLOG_SEND_ANNOTATE_ROWS_EVENT`. */
const DUMP_FLAG_ANNOTATE_ROWS = 0x02;

const SEMI_SYNC_MAGIC = 0xef;
const SEMI_SYNC_ACKNOWLEDGEMENT_WANTED = 0x01;

const OK = 0x00;
const EOF = 0xfe;
const ERROR = 0xff;

/** Announces a replica: server id (u32), host, user and password (each length u8 and text), port (u16), rank (u32), primary's id (u32). */
export function encodeRegisterReplica(serverId: number, host: string): Buffer {
  const name = Buffer.from(host.slice(0, 60), 'utf8');
  const command = Buffer.alloc(1 + 4 + 1 + name.byteLength + 1 + 1 + 2 + 4 + 4);
  let at = command.writeUInt8(COM_REGISTER_SLAVE, 0);
  at = command.writeUInt32LE(serverId, at);
  at = command.writeUInt8(name.byteLength, at);
  name.copy(command, at);
  return command;
}

/** Asks for a log from a position on: position (u32), flags (u16), server id (u32), file name up to the end. */
export function encodeBinlogDump(serverId: number, file: string, position: number): Buffer {
  const name = Buffer.from(file, 'utf8');
  const command = Buffer.alloc(1 + 4 + 2 + 4 + name.byteLength);
  let at = command.writeUInt8(COM_BINLOG_DUMP, 0);
  at = command.writeUInt32LE(position, at);
  at = command.writeUInt16LE(DUMP_FLAG_ANNOTATE_ROWS, at);
  at = command.writeUInt32LE(serverId, at);
  name.copy(command, at);
  return command;
}

/** Says that everything up to a position is safe elsewhere: position (u64), file name up to the end. */
export function encodeAcknowledgement(file: string, position: number): Buffer {
  const name = Buffer.from(file, 'utf8');
  const payload = Buffer.alloc(1 + 8 + name.byteLength);
  payload.writeUInt8(SEMI_SYNC_MAGIC, 0);
  payload.writeBigUInt64LE(BigInt(position), 1);
  name.copy(payload, 9);
  return payload;
}

export type DumpPacket =
  | { readonly kind: 'event'; readonly bytes: Buffer; readonly wantsAcknowledgement: boolean }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /** The server has nothing more to send and ends the dump. */
  | { readonly kind: 'end' };

/**
 * What the server sends during a dump.
 * @param semiSync whether the session was announced as semi-synchronous: then two bytes stand before each event.
 */
export function parseDumpPacket(payload: Buffer, semiSync: boolean): DumpPacket {
  const first = payload[0];
  if (first === ERROR) return { kind: 'error', ...parseError(payload) };
  if (first === EOF && payload.byteLength < 9) return { kind: 'end' };
  if (first !== OK) return { kind: 'error', code: 0, message: `a packet that begins with 0x${first?.toString(16)}` };
  if (!semiSync) return { kind: 'event', bytes: payload.subarray(1), wantsAcknowledgement: false };
  if (payload[1] !== SEMI_SYNC_MAGIC) {
    return { kind: 'error', code: 0, message: 'an event without the mark of semi-synchronous replication' };
  }
  const wantsAcknowledgement = payload[2] === SEMI_SYNC_ACKNOWLEDGEMENT_WANTED;
  return { kind: 'event', bytes: payload.subarray(3), wantsAcknowledgement };
}

/** An error packet: 0xff, code (u16), perhaps `#` and a SQL state of five characters, message. */
export function parseError(payload: Buffer): { readonly code: number; readonly message: string } {
  if (payload.byteLength < 3) return { code: 0, message: 'an error without a code' };
  const hasState = payload[3] === 0x23;
  return { code: payload.readUInt16LE(1), message: payload.toString('utf8', hasState ? 9 : 3) };
}

/** Whether the answer to a command is an OK packet. */
export function isOk(payload: Buffer): boolean {
  return payload[0] === OK;
}
