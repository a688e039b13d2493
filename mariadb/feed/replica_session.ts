import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import tls, { type SecureContextOptions } from 'node:tls';
import { encodePackets, PacketReader } from '../protocol/packets.ts';
import { SocketReader } from '../protocol/socket_reader.ts';
import { dumpToReplica } from './dump_to_replica.ts';
import {
  asksForTls,
  type Credentials,
  encodeAuthSwitch,
  encodeGreeting,
  parseLogin,
  proves,
  SCRAMBLE_BYTES,
} from './login.ts';
import { answer, newReplicaSettings } from './questions.ts';
import { encodeError, encodeOk } from './replies.ts';
import type { StoredLog } from './stored_log.ts';

export interface SessionContext {
  readonly log: StoredLog;
  readonly credentials: Credentials;
  readonly tls: (() => SecureContextOptions) | undefined;
  readonly serverId: number;
  readonly version: string;
  readonly fileBase: string;
  readonly threadId: number;
  readonly signal: AbortSignal;
  readonly onBegin: (serverId: number, file: string) => void;
}

/** No command of a replica is longer. */
const COMMAND_BYTES_MAX = 64 * 1024;
const LOGIN_TIMEOUT_MS = 10_000;
/** Whoever guesses passwords waits so long for each. */
const REFUSAL_DELAY_MS = 1_000;
/** A replica that takes nothing for so long is gone. */
const STALLED_MS = 60_000;

const COM_QUIT = 0x01;
const COM_QUERY = 0x03;
const COM_PING = 0x0e;
const COM_BINLOG_DUMP = 0x12;
const COM_REGISTER_SLAVE = 0x15;

const ACCESS_DENIED = 1045;
const UNKNOWN_COMMAND = 1047;
const READING_BINLOG = 1236;

/** The other side broke the rules, or went away. */
class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}

/** One replica: it logs in, asks, and gets the log until it goes. */
export class ReplicaSession {
  #socket: Socket;
  #reader: SocketReader;
  readonly #packets = new PacketReader(COMMAND_BYTES_MAX);
  readonly #context: SessionContext;
  #sequence = 0;
  #replicaId = 0;

  constructor(socket: Socket, context: SessionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#reader = new SocketReader(socket);
  }

  /** Resolves with why it ended. Never throws. */
  async run(): Promise<string> {
    try {
      await this.#login();
      return await this.#commands();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#socket.destroy();
    }
  }

  async #login(): Promise<void> {
    const { version, threadId, credentials, tls: tlsOf } = this.#context;
    const impatience = setTimeout(() => this.#socket.destroy(), LOGIN_TIMEOUT_MS);
    try {
      const scramble = randomBytes(SCRAMBLE_BYTES).map((byte) => (byte % 127) + 1);
      this.#write(encodeGreeting(version, threadId, Buffer.from(scramble), tlsOf !== undefined));
      let first = await this.#next();
      if (tlsOf !== undefined) {
        if (!asksForTls(first)) {
          await this.#refuse('This log is fed over TLS only: CHANGE MASTER TO master_ssl=1.');
          throw new SessionEnded('refused a login without TLS');
        }
        this.#beginTls(tlsOf());
        first = await this.#next();
      }
      const { user, proof, plugin } = parseLogin(first);
      let proven = proof;
      if (plugin !== undefined) {
        this.#write(encodeAuthSwitch(Buffer.from(scramble)));
        proven = await this.#next();
      }
      // Both are looked at, so that the time taken tells nothing of which was wrong.
      const isRight = proves(proven, Buffer.from(scramble), credentials.password);
      if (user !== credentials.user || !isRight) {
        await delay(REFUSAL_DELAY_MS, undefined, { signal: this.#context.signal });
        await this.#refuse(`Access denied for user '${user.slice(0, 80)}'`);
        throw new SessionEnded(`refused a login as "${user.slice(0, 80)}"`);
      }
      this.#write(encodeOk());
    } finally {
      clearTimeout(impatience);
    }
  }

  /** The rest of the session goes through TLS. What the client sent behind its request is the beginning of that. */
  #beginTls(options: SecureContextOptions): void {
    const plain = this.#socket;
    const ahead = Buffer.concat([this.#packets.takeRest(), this.#reader.release()]);
    if (ahead.byteLength > 0) plain.unshift(ahead);
    const secure = new tls.TLSSocket(plain, { isServer: true, secureContext: tls.createSecureContext(options) });
    this.#socket = secure;
    this.#reader = new SocketReader(secure);
  }

  async #refuse(sentence: string): Promise<void> {
    this.#write(encodeError(ACCESS_DENIED, sentence, '28000'));
    await new Promise<void>((resolve) => this.#socket.end(resolve));
  }

  async #commands(): Promise<string> {
    const settings = newReplicaSettings();
    const facts = {
      serverId: this.#context.serverId,
      version: this.#context.version,
      nowSeconds: () => Math.floor(Date.now() / 1_000),
    };
    for (;;) {
      const command = await this.#next();
      const [kind] = command;
      if (kind === COM_QUIT) return 'it said goodbye';
      if (kind === COM_PING) this.#write(encodeOk());
      else if (kind === COM_QUERY) {
        for (const packet of answer(command.toString('utf8', 1), settings, facts)) this.#write(packet);
      } else if (kind === COM_REGISTER_SLAVE) {
        this.#replicaId = command.byteLength >= 5 ? command.readUInt32LE(1) : 0;
        if (this.#replicaId === this.#context.serverId) {
          throw await this.#fail(
            `The replica has server id ${this.#replicaId}, as this log's server: give it another.`,
          );
        }
        this.#write(encodeOk());
      } else if (kind === COM_BINLOG_DUMP) {
        await this.#dump(settings);
        return 'the log was closed';
      } else this.#write(encodeError(UNKNOWN_COMMAND, 'A replica does not send this command.', '08S01'));
    }
  }

  async #dump(settings: ReturnType<typeof newReplicaSettings>): Promise<void> {
    const { log, serverId, fileBase, signal, onBegin } = this.#context;
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    this.#socket.on('close', stop);
    signal.addEventListener('abort', stop);
    try {
      await dumpToReplica(
        {
          log,
          serverId,
          fileBase,
          signal: gone.signal,
          send: (event) => this.#sendEvent(event),
          onBegin: (file) => onBegin(this.#replicaId, file),
        },
        settings,
      );
    } catch (error) {
      if (gone.signal.aborted)
        throw new SessionEnded(signal.aborted ? 'the feed was stopped' : 'the replica went away');
      throw await this.#fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.#socket.off('close', stop);
      signal.removeEventListener('abort', stop);
    }
  }

  /** MariaDB's replicas show it as Last_IO_Error. */
  async #fail(sentence: string): Promise<SessionEnded> {
    this.#write(encodeError(READING_BINLOG, sentence));
    await new Promise<void>((resolve) => this.#socket.end(resolve));
    return new SessionEnded(sentence);
  }

  async #sendEvent(event: Buffer): Promise<void> {
    const payload = Buffer.concat([Buffer.from([0x00]), event]);
    const { bytes, next } = encodePackets(payload, this.#sequence);
    this.#sequence = next;
    if (this.#socket.destroyed) throw new SessionEnded('the replica went away');
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(impatience);
        this.#socket.off('drain', settle).off('close', settle);
        if (this.#socket.destroyed) reject(new SessionEnded('the replica went away'));
        else resolve();
      };
      const impatience = setTimeout(() => this.#socket.destroy(), STALLED_MS);
      this.#socket.on('drain', settle).on('close', settle);
    });
  }

  #write(payload: Buffer): void {
    const { bytes, next } = encodePackets(payload, this.#sequence);
    this.#sequence = next;
    this.#socket.write(bytes);
  }

  async #next(): Promise<Buffer> {
    for (;;) {
      const payload = this.#packets.take();
      if (payload !== undefined) {
        this.#sequence = (this.#packets.sequence + 1) & 0xff;
        return payload;
      }
      const piece = await this.#reader.next();
      if (piece === undefined) throw new SessionEnded('the replica went away');
      this.#packets.add(piece);
    }
  }
}
