import { toHex } from './hex.ts';
import { MurmurLanes } from './murmur.ts';

const TWO_TO_32 = 0x1_0000_0000;

/**
 * A hash of a long sequence of values, taken in one after the other: two runs of a simulation are the same run if they
 * have the same digest. Mutable. The same on every machine; not cryptographic, as {@link hash128} is not.
 *
 * The digest is `hash128` of the words taken in, each as four bytes little-endian. It depends on the words, not on the
 * method they came through, so values of varying shape need a tag of their kind before them.
 */
export class StreamHash {
  private readonly lanes: MurmurLanes;
  /** The words that do not fill a block yet. */
  private pending1 = 0;
  private pending2 = 0;
  private pending3 = 0;
  private words = 0;

  /** `seed` is an unsigned 32-bit integer. */
  constructor(seed = 0) {
    this.lanes = new MurmurLanes(seed);
  }

  /** One word: an integer of 32 bits, signed or not; higher bits do not count. */
  u32(value: number): void {
    switch (this.words++ & 3) {
      case 0:
        this.pending1 = value | 0;
        break;
      case 1:
        this.pending2 = value | 0;
        break;
      case 2:
        this.pending3 = value | 0;
        break;
      default:
        this.lanes.block(this.pending1, this.pending2, this.pending3, value);
    }
  }

  /** Two words: any safe integer, also a negative one. Throws `RangeError` for other numbers. */
  number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`${value} is not a safe integer`);
    }
    this.u32(value);
    this.u32(Math.floor(value / TWO_TO_32));
  }

  /** Two words: the lower 64 bits of an integer. */
  u64(value: bigint): void {
    this.u32(Number(BigInt.asUintN(32, value)));
    this.u32(Number(BigInt.asUintN(32, value >> 32n)));
  }

  /** The length, then four bytes a word, so that no two byte strings, nor their neighbours, run into one another. */
  bytes(bytes: Uint8Array): void {
    const length = bytes.length;
    this.u32(length);
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      this.u32(
        (bytes[at] as number) |
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24),
      );
    }
    if (at < length) {
      this.u32((bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16));
    }
  }

  /** The length, then two UTF-16 code units a word. Any text will do, well formed or not. */
  text(text: string): void {
    const length = text.length;
    this.u32(length);
    let at = 0;
    for (; at + 2 <= length; at += 2) {
      this.u32(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    }
    if (at < length) {
      this.u32(text.charCodeAt(at));
    }
  }

  /** The hash of all that was taken in so far, 32 hexadecimal digits. More may be taken in afterwards. */
  digest(): string {
    const pending = this.words & 3;
    const hash = this.lanes
      .copy()
      .finish(
        pending > 0 ? this.pending1 : 0,
        pending > 1 ? this.pending2 : 0,
        pending > 2 ? this.pending3 : 0,
        0,
        (this.words * 4) | 0,
      );
    return toHex(hash);
  }
}
