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
}

/**
 * The open connections, at most so many. When there are more, one that has been quiet for longest goes: first one that
 * never got an answer other than an error, then one without an open request; a peer's never. So a flood of strangers
 * keeps out nobody who was here before it, and nobody who comes with a good request.
 */
export class Connections {
  readonly #max: number;
  /** Those who may have to go, the quietest first. */
  readonly #strangers = new Map<string, Connection>();
  readonly #guests = new Map<string, Connection>();
  readonly #peers = new Map<string, Connection>();

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#strangers.size + this.#guests.size + this.#peers.size;
  }

  /** Takes a new connection in, perhaps in the place of another one; false when there is no room. */
  admit(socket: net.Socket): 'admitted' | 'inPlaceOfAnother' | 'full' {
    const isFull = this.count >= this.#max;
    if (isFull) {
      const quietest = this.#quietest();
      if (quietest === undefined) return 'full';
      this.#forget(quietest.key);
      quietest.socket.destroy();
    }
    const key = keyOf(socket);
    this.#strangers.set(key, { key, socket, standing: 'stranger', open: 0 });
    socket.once('close', () => {
      if (this.#find(key)?.socket === socket) this.#forget(key);
    });
    return isFull ? 'inPlaceOfAnother' : 'admitted';
  }

  /** A request of a client has come; when it is answered, its connection has been of use. */
  track(request: IncomingMessage, response: ServerResponse): void {
    const key = keyOf(request.socket);
    const connection = this.#find(key);
    if (connection === undefined) return;
    connection.open += 1;
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
    for (const stranger of this.#strangers.values()) return stranger;
    for (const guest of this.#guests.values()) if (guest.open === 0) return guest;
    return undefined;
  }

  /** To the loud end of its kind. */
  #move(connection: Connection, standing: Standing): void {
    this.#forget(connection.key);
    connection.standing = standing;
    const kind = { stranger: this.#strangers, guest: this.#guests, peer: this.#peers }[standing];
    kind.set(connection.key, connection);
  }

  #find(key: string): Connection | undefined {
    return this.#guests.get(key) ?? this.#strangers.get(key) ?? this.#peers.get(key);
  }

  #forget(key: string): void {
    this.#guests.delete(key);
    this.#strangers.delete(key);
    this.#peers.delete(key);
  }
}

/** The same for a TLS connection and for the one it came through, which do not know each other. */
function keyOf({ remoteAddress, remotePort, localAddress }: net.Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''} ${localAddress ?? ''}`;
}
