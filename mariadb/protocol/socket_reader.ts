import type { Socket } from 'node:net';

/** So much is read ahead; then whoever sends waits. */
const AHEAD_BYTES = 1024 * 1024;

/**
 * The bytes of a socket, piece by piece. Nothing is lost between two pieces, however long one waits in between, and no more
 * than `AHEAD_BYTES`, and a piece, is held.
 */
export class SocketReader {
  readonly #socket: Socket;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #error: Error | undefined;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  readonly #onData = (piece: Buffer): void => {
    this.#pieces.push(piece);
    this.#bytes += piece.byteLength;
    if (this.#bytes >= AHEAD_BYTES) this.#socket.pause();
    this.#wake?.();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    const ended = (): void => {
      this.#hasEnded = true;
      this.#wake?.();
    };
    socket.on('error', (error) => {
      this.#error ??= error;
      ended();
    });
    socket.on('end', ended).on('close', ended);
  }

  /** Reads no more. @returns what was read and not taken. */
  release(): Buffer {
    this.#socket.off('data', this.#onData).pause();
    return Buffer.concat(this.#pieces.splice(0));
  }

  /** @returns undefined when the other side has ended. @throws what happened to the socket. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#bytes -= piece.byteLength;
        return piece;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#hasEnded || this.#socket.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#socket.isPaused()) this.#socket.resume();
      });
      this.#wake = undefined;
    }
  }
}
