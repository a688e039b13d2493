import type { Socket } from 'node:net';
import { parseEventHeader, EVENT_HEADER_BYTES } from '../binlog/event_header.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { encodePackets, PacketReader } from '../protocol/packets.ts';
import {
  encodeAcknowledgement,
  encodeBinlogDump,
  encodeRegisterReplica,
  isOk,
  parseDumpPacket,
  parseError,
} from '../protocol/replication.ts';
import { SocketReader } from '../protocol/socket_reader.ts';
import { PrimaryError } from './errors.ts';
import { type PrimaryAddress, PrimarySession } from './session.ts';

/** Where and how to begin. */
export interface DumpRequest {
  /** Such as `mariadb-bin.000007`; empty: the first one there is. */
  readonly file: string;
  readonly position: number;
  /** Unique among all replicas of the server, and not that of a dump that may still be open. */
  readonly serverId: number;
  /**
   * Commits wait until what they wrote is acknowledged. **The request itself acknowledges everything before its
   * position.**
   */
  readonly semiSync: boolean;
}

/** What a dump brings. */
export type DumpEvent =
  /** An event of the log. */
  | { readonly kind: 'event'; readonly bytes: Buffer; readonly wantsAcknowledgement: boolean }
  /** What follows is of this file: said at the beginning, and at each change. */
  | { readonly kind: 'file'; readonly name: string; readonly position: number }
  /** The format of a file, told because the dump begins in the middle of it; it stands not there. */
  | { readonly kind: 'format'; readonly bytes: Buffer }
  /** Nothing has happened for `HEARTBEAT_MS`. */
  | { readonly kind: 'idle' };

/** How often an idle server says that it is there. */
export const HEARTBEAT_MS = 2_000;
const HEARTBEATS_MISSED_MAX = 3;
/** MariaDB's limit for one event, and what stands before it. */
const PACKET_BYTES_MAX = 1024 * 1024 * 1024 + 1024;
/** `LOG_EVENT_ARTIFICIAL_F`: made up for this connection. */
const ARTIFICIAL_FLAG = 0x20;
const CHECKSUM_BYTES = 4;
const ROTATE_HEAD_BYTES = EVENT_HEADER_BYTES + 8;

/** A server's binary log as it is written, over one connection. Source: MariaDB, sql/sql_repl.cc. */
export class BinlogDump {
  readonly #socket: Socket;
  readonly #reader: SocketReader;
  readonly #packets = new PacketReader(PACKET_BYTES_MAX);
  readonly #semiSync: boolean;
  readonly threadId: number;
  #waitingSinceMs: number | undefined;
  readonly #watchdog: NodeJS.Timeout;

  private constructor(socket: Socket, semiSync: boolean, threadId: number) {
    this.#socket = socket;
    this.#reader = new SocketReader(socket);
    this.#semiSync = semiSync;
    this.threadId = threadId;
    this.#watchdog = setInterval(() => this.#look(), HEARTBEAT_MS / 4);
  }

  /** Logs in and asks for the log. @throws PrimaryError, or what `PrimarySession.open` throws. */
  static async open(address: PrimaryAddress, request: DumpRequest): Promise<BinlogDump> {
    const session = await PrimarySession.open(address);
    try {
      await session.query('SET @master_binlog_checksum = @@global.binlog_checksum');
      await session.query('SET @mariadb_slave_capability = 4');
      await session.query(`SET @master_heartbeat_period = ${HEARTBEAT_MS * 1_000_000}`);
      if (request.semiSync) await session.query('SET @rpl_semi_sync_slave = 1');
      const { threadId } = session;
      const socket = session.takeSocket();
      const dump = new BinlogDump(socket, request.semiSync, threadId);
      try {
        await dump.#command(encodeRegisterReplica(request.serverId, 'safekeeper'));
        socket.write(encodePackets(encodeBinlogDump(request.serverId, request.file, request.position), 0).bytes);
      } catch (error) {
        dump.close();
        throw error;
      }
      return dump;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /**
   * What the server sends, as it comes; no more is read than is taken.
   * @throws PrimaryError what the server says, or that it says nothing any more.
   */
  async *events(): AsyncGenerator<DumpEvent, void, undefined> {
    for await (const payload of this.#payloads()) {
      const packet = parseDumpPacket(payload, this.#semiSync);
      if (packet.kind === 'error') throw new PrimaryError(packet.code, `The server ended the dump: ${packet.message}.`);
      if (packet.kind === 'end') throw new PrimaryError(0, 'The server ended the dump.');
      if (packet.bytes.byteLength < EVENT_HEADER_BYTES) throw new PrimaryError(0, 'The server sent half an event.');
      yield eventOf(packet.bytes, packet.wantsAcknowledgement);
    }
  }

  /** Lets go of every commit whose events end at or before this position. */
  acknowledge(file: string, position: number): void {
    // The server counts anew after each event that wants to be acknowledged.
    this.#socket.write(encodePackets(encodeAcknowledgement(file, position), 0).bytes);
  }

  /** Ends it at once; what iterates over it throws. */
  close(): void {
    clearInterval(this.#watchdog);
    this.#socket.destroy();
  }

  async #command(command: Buffer): Promise<void> {
    this.#socket.write(encodePackets(command, 0).bytes);
    for await (const payload of this.#payloads()) {
      if (isOk(payload)) return;
      const { code, message } = parseError(payload);
      throw new PrimaryError(code, `The server does not take a replica: ${message}.`);
    }
  }

  async *#payloads(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = await this.#chunk();
      yield* this.#packets.push(chunk);
    }
  }

  /** The next bytes. @throws PrimaryError when there are none any more. */
  async #chunk(): Promise<Buffer> {
    this.#waitingSinceMs = performance.now();
    try {
      const chunk = await this.#reader.next();
      if (chunk === undefined) throw new PrimaryError(0, 'The server closed the connection.');
      return chunk;
    } finally {
      this.#waitingSinceMs = undefined;
    }
  }

  /** A server behind a broken network says nothing, not even goodbye. */
  #look(): void {
    const since = this.#waitingSinceMs;
    if (since === undefined || performance.now() - since < HEARTBEATS_MISSED_MAX * HEARTBEAT_MS) return;
    const sentence = `Nothing was heard from the server for ${(HEARTBEATS_MISSED_MAX * HEARTBEAT_MS) / 1_000} s, though it should say every ${HEARTBEAT_MS / 1_000} s that it is there.`;
    this.#socket.destroy(new PrimaryError(0, sentence));
  }
}

function eventOf(bytes: Buffer, wantsAcknowledgement: boolean): DumpEvent {
  const { type, endLogPos, flags, sizeBytes } = parseEventHeader(bytes);
  const isMadeUp = endLogPos === 0 || (flags & ARTIFICIAL_FLAG) !== 0;
  if (type === EVENT_TYPE.heartbeat) return { kind: 'idle' };
  if (type === EVENT_TYPE.rotate && isMadeUp) {
    // Told before the file's format, and so before it is known whether there are checksums: the settings demand them.
    const position = Number(bytes.readBigUInt64LE(EVENT_HEADER_BYTES));
    const name = bytes.toString('utf8', ROTATE_HEAD_BYTES, sizeBytes - CHECKSUM_BYTES);
    return { kind: 'file', name, position };
  }
  if (type === EVENT_TYPE.formatDescription && isMadeUp) return { kind: 'format', bytes };
  return { kind: 'event', bytes, wantsAcknowledgement };
}
