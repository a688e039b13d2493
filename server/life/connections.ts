import type { IncomingMessage, ServerResponse } from 'node:http';
import type net from 'node:net';

/** How much a connection has earned: nothing yet, an answer that was no error, or that it is a peer's. */
type Standing = 'stranger' | 'guest' | 'peer';

interface Connection {
  readonly key: string;
  readonly socket: net.Socket;
  standing: Standing;
  /** Requests that are not answered yet. */
  open: number;
  /** What the latest of its requests is answered with. */
  answering: ServerResponse | undefined;
}

/**
 * The open connections, at most so many. When there are more, one that has been quiet for longest goes: first one that
 * never got an answer other than an error, then one without an open request; a peer's never. So a flood of strangers
 * keeps out nobody who was here before it, and nobody who comes with a good request.
 */
export class Connections {
  readonly #max: number;
  /** By their keys, the quietest first. */
  readonly #of: Readonly<Record<Standing, Map<string, Connection>>> = {
    stranger: new Map(),
    guest: new Map(),
    peer: new Map(),
  };

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#of.stranger.size + this.#of.guest.size + this.#of.peer.size;
  }

  /** Takes a new connection in, perhaps in the place of another one. */
  admit(socket: net.Socket): 'admitted' | 'inPlaceOfAnother' | 'full' {
    const isFull = this.count >= this.#max;
    if (isFull) {
      const quietest = this.#quietest();
      if (quietest === undefined) return 'full';
      this.#forget(quietest);
      quietest.socket.destroy();
    }
    const key = keyOf(socket);
    const connection: Connection = { key, socket, standing: 'stranger', open: 0, answering: undefined };
    this.#of.stranger.set(key, connection);
    socket.once('close', () => {
      if (this.#find(key) === connection) this.#forget(connection);
    });
    return isFull ? 'inPlaceOfAnother' : 'admitted';
  }

  /** A request of a client has come; when it is answered, its connection has been of use. */
  track(request: IncomingMessage, response: ServerResponse): void {
    const key = keyOf(request.socket);
    const connection = this.#find(key);
    if (connection === undefined) return;
    connection.open += 1;
    connection.answering = response;
    response.once('close', () => {
      connection.open -= 1;
      if (this.#find(key) !== connection) return;
      const hasEarned = response.writableFinished && response.statusCode < 400;
      this.#move(connection, connection.standing === 'stranger' && hasEarned ? 'guest' : connection.standing);
    });
  }

  /** The connection is a peer's, who has shown the peer credential. */
  isPeer(request: IncomingMessage): void {
    const connection = this.#find(keyOf(request.socket));
    if (connection !== undefined) this.#move(connection, 'peer');
  }

  #quietest(): Connection | undefined {
    for (const stranger of this.#of.stranger.values()) {
      // A stream is of use long before it ends.
      const { answering, open } = stranger;
      if (open === 0 || answering?.headersSent !== true || answering.statusCode >= 400) return stranger;
      this.#move(stranger, 'guest');
    }
    for (const guest of this.#of.guest.values()) if (guest.open === 0) return guest;
    return undefined;
  }

  /** To the loud end of its kind. */
  #move(connection: Connection, standing: Standing): void {
    this.#forget(connection);
    connection.standing = standing;
    this.#of[standing].set(connection.key, connection);
  }

  #find(key: string): Connection | undefined {
    return this.#of.guest.get(key) ?? this.#of.stranger.get(key) ?? this.#of.peer.get(key);
  }

  #forget({ standing, key }: Connection): void {
    this.#of[standing].delete(key);
  }
}

/** The same for a TLS connection and for the one it came through, which do not know each other. */
function keyOf({ remoteAddress, remotePort, localAddress }: net.Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''}`;
}
