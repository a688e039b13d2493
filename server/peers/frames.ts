/**
 * How messages travel in the body of a request between replicas: each is preceded by its length in bytes (u32,
 * little-endian). A body holds any number of them; the pieces in which it arrives mean nothing.
 */
export const FRAME_HEADER_BYTES = 4;

export function frameHeader(length: number): Uint8Array {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header.writeUInt32LE(length);
  return header;
}

/** A frame that announces more bytes than are taken. */
export interface FrameTooLarge {
  readonly announcedBytes: number;
}

/**
 * Cuts messages out of the pieces of a body. Each message is copied into memory of its own: a slice of what the socket
 * delivered would keep 64 KiB alive for as long as the engine keeps a record of a hundred bytes.
 */
export class FrameParser {
  readonly #frameBytesMax: number;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  #message: Uint8Array | undefined;
  #messageFilled = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Whether the body may end here: no message is incomplete. */
  get atBoundary(): boolean {
    return this.#headerFilled === 0 && this.#message === undefined;
  }

  /**
   * Takes the next piece and hands every message it completes to `onMessage`; stops, for good, when that returns false
   * or when a frame is too large.
   */
  push(piece: Uint8Array, onMessage: (message: Uint8Array) => boolean): FrameTooLarge | undefined {
    let at = 0;
    for (;;) {
      if (this.#message === undefined) {
        while (this.#headerFilled < FRAME_HEADER_BYTES && at < piece.byteLength) {
          this.#header[this.#headerFilled++] = piece[at++] ?? 0;
        }
        if (this.#headerFilled < FRAME_HEADER_BYTES) return undefined;
        const length = this.#header.readUInt32LE();
        if (length > this.#frameBytesMax) return { announcedBytes: length };
        this.#message = ownMemory(length);
        this.#messageFilled = 0;
      }
      const message = this.#message;
      const take = Math.min(message.byteLength - this.#messageFilled, piece.byteLength - at);
      message.set(piece.subarray(at, at + take), this.#messageFilled);
      this.#messageFilled += take;
      at += take;
      if (this.#messageFilled < message.byteLength) return undefined;
      this.#headerFilled = 0;
      this.#message = undefined;
      if (!onMessage(message)) return undefined;
    }
  }
}

/** Small ones share slabs of 8 KiB with their neighbours in time; a plain `Uint8Array`, whose `slice` copies. */
function ownMemory(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
}
