/** A packet whose payload has this many bytes goes on in the next one. Source: the MySQL protocol, "Packets". */
const PAYLOAD_BYTES_MAX = 0xff_ffff;
const HEADER_BYTES = 4;

/**
 * Puts the payloads of the MySQL protocol together again: length (u24), sequence number (u8), payload; a payload of 16 MiB
 * and more comes in several packets.
 */
export class PacketReader {
  readonly #payloadBytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** What came before of a payload that goes on. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #sequence = 0;

  /** @param payloadBytesMax larger ones are refused. */
  constructor(payloadBytesMax: number) {
    this.#payloadBytesMax = payloadBytesMax;
  }

  /** The sequence number of the last packet; the answer to it has the next one, modulo 256. */
  get sequence(): number {
    return this.#sequence;
  }

  /** @returns the payloads that are complete now. They share memory with what was pushed. @throws RangeError when one is too large. */
  push(chunk: Buffer): readonly Buffer[] {
    this.add(chunk);
    const payloads: Buffer[] = [];
    for (let payload = this.take(); payload !== undefined; payload = this.take()) payloads.push(payload);
    return payloads;
  }

  /** More bytes, for `take`. */
  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
  }

  /** Takes out the bytes behind the last payload that was taken: they are of another protocol. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    return rest;
  }

  /** @returns the next payload that is complete; undefined: there is none yet. @throws RangeError when it is too large. */
  take(): Buffer | undefined {
    while (this.#bytes >= HEADER_BYTES) {
      const header = this.#joined(HEADER_BYTES);
      const payloadBytes = header.readUIntLE(0, 3);
      if (this.#partBytes + payloadBytes > this.#payloadBytesMax) {
        throw new RangeError(`A packet is larger than ${this.#payloadBytesMax} bytes.`);
      }
      if (this.#bytes < HEADER_BYTES + payloadBytes) break;
      const packet = this.#joined(HEADER_BYTES + payloadBytes);
      this.#sequence = packet.readUInt8(3);
      this.#drop(HEADER_BYTES + payloadBytes);
      const payload = packet.subarray(HEADER_BYTES, HEADER_BYTES + payloadBytes);
      if (payloadBytes === PAYLOAD_BYTES_MAX || this.#parts.length > 0) {
        this.#parts.push(payload);
        this.#partBytes += payloadBytes;
        if (payloadBytes === PAYLOAD_BYTES_MAX) continue;
        const whole = Buffer.concat(this.#parts);
        this.#parts = [];
        this.#partBytes = 0;
        return whole;
      }
      return payload;
    }
    return undefined;
  }

  /** The first bytes, at least so many, in one piece. */
  #joined(bytes: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.byteLength >= bytes) return first;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  #drop(bytes: number): void {
    const all = this.#joined(bytes);
    const rest = all.subarray(bytes);
    if (rest.byteLength > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#bytes -= bytes;
  }
}

/**
 * A payload as packets, the first with sequence number `sequence`.
 * @returns the bytes, and the sequence number of the packet that follows them.
 */
export function encodePackets(
  payload: Uint8Array,
  sequence: number,
): { readonly bytes: Buffer; readonly next: number } {
  const pieces: Uint8Array[] = [];
  let next = sequence & 0xff;
  let at = 0;
  for (;;) {
    const length = Math.min(PAYLOAD_BYTES_MAX, payload.byteLength - at);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUIntLE(length, 0, 3);
    header.writeUInt8(next, 3);
    pieces.push(header, payload.subarray(at, at + length));
    next = (next + 1) & 0xff;
    at += length;
    // A payload of exactly 16 MiB − 1 is followed by an empty packet, or nobody would know that it has ended.
    if (length < PAYLOAD_BYTES_MAX) return { bytes: Buffer.concat(pieces), next };
  }
}
