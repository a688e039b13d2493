import net from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * One HTTP/1.1 connection that carries one request after another, as bytes that were made beforehand: a load generator
 * must cost less than what it measures. Understands as much of HTTP as the two servers speak.
 */
export class HttpConnection {
  readonly #socket: net.Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** One at a time. */
  request(bytes: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#received = this.#received.byteLength === 0 ? piece : Buffer.concat([this.#received, piece]);
    const headersEnd = this.#received.indexOf('\r\n\r\n');
    if (headersEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headersEnd).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    // One answer at a time: what ends with the last chunk is all of it.
    const isWhole =
      length !== undefined || this.#received.subarray(-LAST_CHUNK.length).toString('latin1') === LAST_CHUNK;
    const end = length === undefined ? this.#received.byteLength : headersEnd + 4 + Number(length);
    if (!isWhole || this.#received.byteLength < end) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.#received.toString('latin1', headersEnd + 4, end) };
    this.#received = this.#received.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

const LAST_CHUNK = '\r\n0\r\n\r\n';

/** A POST with a JSON body, as bytes. */
export function postBytes(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
