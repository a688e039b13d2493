import type { Socket } from 'node:net';
import mysql from 'mysql2/promise';

/** How to reach a MariaDB server. */
export interface PrimaryAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Absent: no TLS. */
  readonly tls?: PrimaryTls | undefined;
}

export interface PrimaryTls {
  /** PEM of who is trusted; absent: the authorities that Node brings. */
  readonly ca?: string | undefined;
  /** False: the certificate is not checked. */
  readonly verify: boolean;
}

/** Rows as objects; numbers that do not fit come as text. */
export type Row = Readonly<Record<string, unknown>>;

const CONNECT_TIMEOUT_MS = 10_000;
const QUERY_TIMEOUT_MS = 10_000;

/** A login on a MariaDB server: for queries, or to take the socket over. */
export class PrimarySession {
  readonly #connection: mysql.Connection;
  #failure: Error | undefined;

  private constructor(connection: mysql.Connection) {
    this.#connection = connection;
    // The next query says it; an error event nobody hears would end the process.
    connection.on('error', (error: Error) => void (this.#failure ??= error));
  }

  /** @throws what mysql2 throws: `isAccessDenied` and `isTlsRefused` tell what no repetition changes. */
  static async open({ host, port, user, password, tls }: PrimaryAddress): Promise<PrimarySession> {
    const connection = await mysql.createConnection({
      ...(host.startsWith('/') ? { socketPath: host } : { host, port }),
      user,
      password,
      ...(tls === undefined
        ? {}
        : {
            ssl: {
              ...(tls.ca === undefined ? {} : { ca: tls.ca }),
              rejectUnauthorized: tls.verify,
              verifyIdentity: tls.verify,
            },
          }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      supportBigNumbers: true,
      bigNumberStrings: true,
      // The replica of a stream of row events needs no character set of its own.
      charset: 'utf8mb4',
    });
    return new PrimarySession(connection);
  }

  /** The server's number of this connection. */
  get threadId(): number {
    return this.#connection.threadId;
  }

  /**
   * @param timeoutMs after which the session can only be closed.
   * @throws Error what the server answers, or that it is gone, or took too long.
   */
  async query(sql: string, timeoutMs: number = QUERY_TIMEOUT_MS): Promise<readonly Row[]> {
    if (this.#failure !== undefined) throw this.#failure;
    const [rows] = await this.#connection.query({ sql, timeout: timeoutMs });
    return Array.isArray(rows) ? (rows as Row[]) : [];
  }

  /**
   * The bare connection, encrypted or not, for commands mysql2 does not know. Nothing else may be asked of the session
   * then.
   */
  takeSocket(): Socket {
    // mysql2 replaces `stream` by the TLS socket once that is set up, but says nothing of it in its types.
    const { stream } = (this.#connection as unknown as { readonly connection: { readonly stream: Socket } }).connection;
    stream.removeAllListeners('data');
    stream.removeAllListeners('end');
    stream.removeAllListeners('close');
    stream.pause();
    return stream;
  }

  /** Ends it at once. */
  close(): void {
    this.#connection.destroy();
  }
}
