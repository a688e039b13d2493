import net, { type AddressInfo, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Credentials } from './login.ts';
import { ReplicaSession } from './replica_session.ts';
import type { StoredLog } from './stored_log.ts';

export interface FeedOptions {
  readonly log: StoredLog;
  /** What replicas log in with: `master_user`, `master_password`. */
  readonly credentials: Credentials;
  /** What it says its server id is; no replica may have the same. */
  readonly serverId: number;
  /** What files are called, for replicas: `mariadb-bin`. */
  readonly fileBase?: string | undefined;
  /** The certificate and key of now: replicas must speak TLS. Absent: none does. */
  readonly tls?: (() => SecureContextOptions) | undefined;
  /** Told of what happens. It must not throw. */
  readonly onEvent?: ((event: FeedEvent) => void) | undefined;
}

export type FeedEvent =
  | { readonly kind: 'began'; readonly address: string; readonly serverId: number; readonly file: string }
  | { readonly kind: 'ended'; readonly address: string; readonly reason: string };

/** MariaDB 10.11 as its replicas see it: they take `5.5.5-` off. */
const VERSION = '5.5.5-10.11.0-MariaDB-safekeeper';
const CONNECTIONS_MAX = 100;

/**
 * Plays the primary for stock MariaDB replicas, by GTID, from what safekeepers hold: a warm standby, or a way to fill a new
 * server. Any number of replicas; each gets what it lacks, and then what is committed.
 */
export class ReplicaFeed {
  readonly #options: FeedOptions;
  readonly #server: net.Server;
  readonly #sockets = new Set<Socket>();
  readonly #stop = new AbortController();
  #threads = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#server = net.createServer((socket) => void this.#serve(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** @param port 0: any. @returns the port. @throws what the system says when it cannot be had. */
  async listen(port: number, host: string): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Ends every session. Replicas try again by themselves. */
  async close(): Promise<void> {
    this.#stop.abort();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(socket: Socket): Promise<void> {
    const { log, credentials, serverId, fileBase = 'mariadb-bin', tls, onEvent } = this.#options;
    const address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.add(socket);
    socket.setNoDelay(true).setKeepAlive(true);
    const session = new ReplicaSession(socket, {
      log,
      credentials,
      tls,
      serverId,
      version: VERSION,
      fileBase,
      threadId: ++this.#threads,
      signal: this.#stop.signal,
      onBegin: (replicaId, file) => onEvent?.({ kind: 'began', address, serverId: replicaId, file }),
    });
    const reason = await session.run();
    this.#sockets.delete(socket);
    onEvent?.({ kind: 'ended', address, reason });
  }
}
