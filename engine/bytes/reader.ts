import { MalformedBytes } from './malformed_bytes.ts';
import { decodeUtf8 } from './utf8.ts';

const TWO_TO_32 = 0x1_0000_0000;
/** 2^53 - 1 has these upper 32 bits; anything above does not fit a `number` exactly. */
const SAFE_UPPER_MAX = 0x1f_ffff;

/**
 * Reads, from the front to the end, what {@link ByteWriter} wrote.
 *
 * Whatever the input, a method returns a value or throws {@link MalformedBytes}, and nothing else: when fewer bytes
 * are left than asked for, when a text is not UTF-8, when an integer does not fit. When a method throws, the position
 * is of no use any more.
 *
 * Byte strings are *views* of the input, not copies: they keep the whole of it alive, and are only as immutable as it
 * is.
 */
export class ByteReader {
  private readonly input: Uint8Array;
  private readonly end: number;
  private at = 0;

  /** Reads up to `end`, not including it. */
  constructor(input: Uint8Array, end: number = input.length) {
    this.input = input;
    this.end = end;
  }

  /** How many bytes have not been read. */
  get remaining(): number {
    return this.end - this.at;
  }

  /** One byte: an integer of 0 to 255. */
  u8(): number {
    const at = this.advance(1);
    return this.input[at] as number;
  }

  /** Two bytes: an integer of 0 to 2^16 - 1. */
  u16(): number {
    return this.get16(this.advance(2));
  }

  /** Four bytes: an integer of 0 to 2^32 - 1. */
  u32(): number {
    return this.get32(this.advance(4));
  }

  /** Six bytes: an integer of 0 to 2^48 - 1. */
  u48(): number {
    const at = this.advance(6);
    return this.get16(at + 4) * TWO_TO_32 + this.get32(at);
  }

  /** Eight bytes: an integer of 0 to 2^64 - 1. */
  u64(): bigint {
    const at = this.advance(8);
    const upper = this.get32(at + 4);
    const lower = this.get32(at);
    if (upper <= SAFE_UPPER_MAX) {
      return BigInt(upper * TWO_TO_32 + lower);
    }
    return (BigInt(upper) << 32n) | BigInt(lower);
  }

  /** Eight bytes that are an integer of 0 to 2^53 - 1; above it the bytes are malformed. */
  safeInteger(): number {
    const at = this.advance(8);
    const upper = this.get32(at + 4);
    if (upper > SAFE_UPPER_MAX) {
      throw new MalformedBytes(`the integer at byte ${at} is above 2^53 - 1`);
    }
    return upper * TWO_TO_32 + this.get32(at);
  }

  /** A view of the next `count` bytes. */
  bytes(count: number): Uint8Array {
    const at = this.advance(count);
    // Not `subarray`, which would hand out a subclass (a Node.js `Buffer`, whose `slice` does not copy) as it came in.
    return new Uint8Array(this.input.buffer, this.input.byteOffset + at, count);
  }

  /** A {@link u32}, then a view of as many bytes. */
  sizedBytes(): Uint8Array {
    return this.bytes(this.u32());
  }

  /** A {@link u16}, then as many bytes of strict UTF-8. */
  string(): string {
    const length = this.u16();
    const at = this.advance(length);
    return decodeUtf8(this.input, at, at + length);
  }

  /** A view of all that has not been read, which is read by this. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** Passes over the next `count` bytes. */
  skip(count: number): void {
    this.advance(count);
  }

  /** Whether these bytes come next; if so they are read. */
  skipIfNext(bytes: Uint8Array): boolean {
    const { input, at } = this;
    const { length } = bytes;
    if (length > this.end - at) return false;
    for (let i = 0; i < length; i++) if (input[at + i] !== bytes[i]) return false;
    this.at = at + length;
    return true;
  }

  /** Throws {@link MalformedBytes} unless everything has been read. */
  expectEnd(): void {
    if (this.remaining !== 0) {
      throw new MalformedBytes(`${this.remaining} bytes follow where the end was expected`);
    }
  }

  /** Moves past `count` bytes and returns where they began. */
  private advance(count: number): number {
    const at = this.at;
    // Written so that a count that is no number, or below zero, is refused as well.
    if (!(count >= 0 && count <= this.end - at)) {
      throw new MalformedBytes(`${count} bytes were expected at byte ${at}, ${this.remaining} are left`);
    }
    this.at = at + count;
    return at;
  }

  private get16(at: number): number {
    const input = this.input;
    return (input[at] as number) | ((input[at + 1] as number) << 8);
  }

  private get32(at: number): number {
    const input = this.input;
    return (
      ((input[at] as number) |
        ((input[at + 1] as number) << 8) |
        ((input[at + 2] as number) << 16) |
        ((input[at + 3] as number) << 24)) >>>
      0
    );
  }
}
