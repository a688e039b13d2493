const TWO_TO_32 = 0x1_0000_0000;
const TWO_TO_53 = 0x20_0000_0000_0000;
/** As many results are thrown away after every seeding, so that each bit of the state depends on each bit put in. */
const WARM_UP_ROUNDS = 12;

/**
 * The state of a generator of random numbers: four unsigned 32-bit integers, plain data that can be saved, compared and
 * copied. Drawing changes nothing: it returns the number and the generator to draw the next one from.
 *
 * For schedules, ids and time-outs, not for secrets. Source: sfc32 ("Small Fast Counter") of Chris Doty-Humphrey's
 * PractRand 0.93; `d` is the counter, so no state is ever repeated before 2^32 draws.
 */
export interface Generator {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** What was drawn, and the generator for the next draw. */
export interface Draw<T> {
  readonly value: T;
  readonly generator: Generator;
}

/**
 * The generator that `seed` names, as PractRand seeds sfc32 from 64 bits. Any safe integer, also a negative one, and
 * different seeds give different generators. Throws `RangeError` for other numbers.
 */
export function seedGenerator(seed: number): Generator {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`${seed} is not a safe integer`);
  }
  const registers = new Registers({ a: 0, b: seed >>> 0, c: Math.floor(seed / TWO_TO_32) >>> 0, d: 1 });
  registers.warmUp();
  return registers.toGenerator();
}

/**
 * The generator after `bytes`, which may be random or only different from one replica to the next, have been stirred
 * in. Every byte, and their number, matters; nothing that was random before is lost.
 */
export function mixEntropy(generator: Generator, bytes: Uint8Array): Generator {
  const registers = new Registers(generator);
  for (let at = 0; at < bytes.length; at += 4) {
    const word =
      (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    registers.absorb(word);
  }
  registers.absorb(bytes.length);
  registers.warmUp();
  return registers.toGenerator();
}

/** An integer of 0 to 2^32 - 1. */
export function nextUint32(generator: Generator): Draw<number> {
  const registers = new Registers(generator);
  const value = registers.next();
  return { value, generator: registers.toGenerator() };
}

/**
 * An integer of 0 to `bound` - 1, each exactly as likely as the others: results that would make some likelier are drawn
 * again. `bound` is an integer of 1 to 2^53 - 1; `RangeError` otherwise.
 */
export function nextBelow(generator: Generator, bound: number): Draw<number> {
  if (!Number.isSafeInteger(bound) || bound < 1) {
    throw new RangeError(`${bound} is not a positive safe integer`);
  }
  const registers = new Registers(generator);
  const narrow = bound <= TWO_TO_32;
  const range = narrow ? TWO_TO_32 : TWO_TO_53;
  const limit = range - (range % bound);
  for (;;) {
    const drawn = narrow ? registers.next() : registers.next53();
    if (drawn < limit) {
      return { value: drawn % bound, generator: registers.toGenerator() };
    }
  }
}

/** `count` random bytes, a non-negative integer. The four bytes of each number drawn, little-endian. */
export function nextBytes(generator: Generator, count: number): Draw<Uint8Array> {
  const registers = new Registers(generator);
  const value = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    let word = registers.next();
    for (let byte = 0; byte < 4 && at < count; byte++) {
      value[at++] = word;
      word >>>= 8;
    }
  }
  return { value, generator: registers.toGenerator() };
}

/** The same four integers while numbers are being drawn; never leaves this file. */
class Registers {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(generator: Generator) {
    this.a = generator.a | 0;
    this.b = generator.b | 0;
    this.c = generator.c | 0;
    this.d = generator.d | 0;
  }

  next(): number {
    const result = (this.a + this.b + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  next53(): number {
    const upper = this.next() >>> 11;
    return upper * TWO_TO_32 + this.next();
  }

  absorb(word: number): void {
    this.a ^= word;
    this.next();
  }

  warmUp(): void {
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      this.next();
    }
  }

  toGenerator(): Generator {
    return { a: this.a >>> 0, b: this.b >>> 0, c: this.c >>> 0, d: this.d >>> 0 };
  }
}
