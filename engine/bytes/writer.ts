import { crc32c } from './crc32c.ts';
import { put32, put48, put64 } from './put.ts';
import { utf8Length, writeUtf8 } from './utf8.ts';

const TWO_TO_32 = 0x1_0000_0000;
const U48_MAX = 0xffff_ffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** The longest UTF-8 form, in bytes, that {@link ByteWriter.string} can write after its 16-bit length. */
export const STRING_BYTES_MAX = 0xffff;

/**
 * Builds one byte string from integers, texts and byte strings, all integers little-endian, in a buffer that doubles
 * when it is full. {@link ByteReader} has the mirror of each method.
 *
 * Each method throws `RangeError` for a value that its width cannot hold: a value cut off in silence would be read
 * back as another. When a method throws, nothing has been written.
 */
export class ByteWriter {
  private buffer: Uint8Array;
  /** Where the bytes begin that have not been cut off. */
  private begin = 0;
  private used = 0;

  /** `capacityBytes` is how much can be written before the buffer is copied into a larger one; exact is best. */
  constructor(capacityBytes = 64) {
    this.buffer = new Uint8Array(capacityBytes);
  }

  /** How many bytes have been written since the beginning, or since the last {@link cut}. */
  get length(): number {
    return this.used - this.begin;
  }

  /** One byte: an integer of 0 to 255. */
  u8(value: number): void {
    if ((value & 0xff) !== value) {
      throw outOfRange(value, 8);
    }
    const at = this.advance(1);
    this.buffer[at] = value;
  }

  /** Two bytes: an integer of 0 to 2^16 - 1. */
  u16(value: number): void {
    if ((value & 0xffff) !== value) {
      throw outOfRange(value, 16);
    }
    const at = this.advance(2);
    const buffer = this.buffer;
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
  }

  /** Four bytes: an integer of 0 to 2^32 - 1. */
  u32(value: number): void {
    if (value >>> 0 !== value) {
      throw outOfRange(value, 32);
    }
    const at = this.advance(4);
    put32(this.buffer, at, value);
  }

  /** Six bytes: an integer of 0 to 2^48 - 1. */
  u48(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0 || value > U48_MAX) {
      throw outOfRange(value, 48);
    }
    const at = this.advance(6);
    put48(this.buffer, at, value);
  }

  /** Eight bytes: an integer of 0 to 2^64 - 1. */
  u64(value: bigint): void {
    if (value < 0n || value > U64_MAX) {
      throw outOfRange(value, 64);
    }
    const at = this.advance(8);
    put64(this.buffer, at, value);
  }

  /** Eight bytes, as {@link u64}, from a `number`: an integer of 0 to 2^53 - 1. */
  safeInteger(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw outOfRange(value, 53);
    }
    const at = this.advance(8);
    put32(this.buffer, at, value | 0);
    put32(this.buffer, at + 4, Math.floor(value / TWO_TO_32) | 0);
  }

  /** The bytes alone: the reader has to know how many there are. */
  bytes(bytes: Uint8Array): void {
    const at = this.advance(bytes.length);
    this.buffer.set(bytes, at);
  }

  /** The number of bytes as {@link u32}, then the bytes. */
  sizedBytes(bytes: Uint8Array): void {
    if (bytes.length >= TWO_TO_32) {
      throw new RangeError(`${bytes.length} bytes are more than a 32-bit length can say`);
    }
    const at = this.advance(4 + bytes.length);
    put32(this.buffer, at, bytes.length);
    this.buffer.set(bytes, at + 4);
  }

  /**
   * The number of bytes as {@link u16}, then the text as UTF-8. Throws `RangeError` above {@link STRING_BYTES_MAX}
   * bytes, and for a surrogate without its partner.
   */
  string(text: string): void {
    const length = utf8Length(text);
    if (length > STRING_BYTES_MAX) {
      throw new RangeError(`a text of ${length} bytes is longer than ${STRING_BYTES_MAX}`);
    }
    const at = this.advance(2 + length);
    this.buffer[at] = length;
    this.buffer[at + 1] = length >>> 8;
    writeUtf8(text, this.buffer, at + 2);
  }

  /**
   * All that was written (since the last {@link cut}), in an array of exactly its size with nothing around it. Nothing
   * is copied when the capacity was exactly right. Writing may go on afterwards: what was returned stays as it is.
   */
  finish(): Uint8Array {
    // A full buffer is never written to again, the next write moves to a larger one: so it can be given away.
    const whole = this.begin === 0 && this.used === this.buffer.length;
    return whole ? this.buffer : this.buffer.slice(this.begin, this.used);
  }

  /**
   * All that was written since the last cut, as a *view* of the writer's buffer; the writer then stands at the start of
   * the next byte string, behind it in the same buffer, and never touches the view's bytes again. Many small messages
   * are made so at the price of one allocation (a separate array of more than 64 bytes costs V8 some 400 ns). A view
   * keeps the whole buffer alive: for bytes that are to be kept long, use {@link finish}.
   */
  cut(): Uint8Array {
    const view = new Uint8Array(this.buffer.buffer, this.begin, this.used - this.begin);
    this.begin = this.used;
    return view;
  }

  /** Forgets what was written since the last {@link cut}. */
  discard(): void {
    this.used = this.begin;
  }

  /** The CRC-32C, as {@link u32}, of all that was written since the last {@link cut}. */
  crc32c(): void {
    const checksum = crc32c(this.buffer, this.begin, this.used);
    const at = this.advance(4);
    put32(this.buffer, at, checksum);
  }

  /** Makes room for `count` bytes and returns where they begin. */
  private advance(count: number): number {
    if (this.used + count > this.buffer.length) {
      this.grow(count);
    }
    const at = this.used;
    this.used = at + count;
    return at;
  }

  /** Moves to a larger buffer what has not been cut off. */
  private grow(count: number): void {
    const length = this.used - this.begin;
    // Doubling counts what is kept: after cuts, a buffer of the same size may do.
    const larger = new Uint8Array(Math.max(length + count, 2 * length, this.buffer.length, 16));
    larger.set(this.buffer.subarray(this.begin, this.used));
    this.buffer = larger;
    this.begin = 0;
    this.used = length;
  }
}

function outOfRange(value: number | bigint, bits: number): RangeError {
  return new RangeError(`${value} is not an unsigned integer of ${bits} bits`);
}
