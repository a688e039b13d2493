/**
 * The running state of MurmurHash3_x86_128: four lanes of 32 bits, mutable. What `hash128` and `StreamHash` share; use
 * those.
 *
 * Source: Austin Appleby, SMHasher, `MurmurHash3.cpp` (public domain).
 */
export class MurmurLanes {
  private h1: number;
  private h2: number;
  private h3: number;
  private h4: number;

  constructor(seed: number) {
    this.h1 = seed | 0;
    this.h2 = seed | 0;
    this.h3 = seed | 0;
    this.h4 = seed | 0;
  }

  copy(): MurmurLanes {
    const copy = new MurmurLanes(0);
    copy.h1 = this.h1;
    copy.h2 = this.h2;
    copy.h3 = this.h3;
    copy.h4 = this.h4;
    return copy;
  }

  /** Takes in four words, 16 bytes of the input. */
  block(k1: number, k2: number, k3: number, k4: number): void {
    let h = this.h1 ^ scrambled1(k1);
    h = (((h << 19) | (h >>> 13)) + this.h2) | 0;
    const h1 = (Math.imul(h, 5) + 0x561ccd1b) | 0;
    h = this.h2 ^ scrambled2(k2);
    h = (((h << 17) | (h >>> 15)) + this.h3) | 0;
    this.h2 = (Math.imul(h, 5) + 0x0bcaa747) | 0;
    h = this.h3 ^ scrambled3(k3);
    h = (((h << 15) | (h >>> 17)) + this.h4) | 0;
    this.h3 = (Math.imul(h, 5) + 0x96cd1c35) | 0;
    h = this.h4 ^ scrambled4(k4);
    h = (((h << 13) | (h >>> 19)) + h1) | 0;
    this.h4 = (Math.imul(h, 5) + 0x32ac3b17) | 0;
    this.h1 = h1;
  }

  /**
   * Takes in the last words, fewer than 16 bytes and zero beyond the end, and returns the hash of the whole input of
   * `lengthBytes` as 16 bytes. The lanes are of no use afterwards.
   */
  finish(k1: number, k2: number, k3: number, k4: number, lengthBytes: number): Uint8Array {
    // A word of zero scrambles to zero: words beyond the end change nothing.
    let h1 = this.h1 ^ scrambled1(k1) ^ lengthBytes;
    let h2 = this.h2 ^ scrambled2(k2) ^ lengthBytes;
    let h3 = this.h3 ^ scrambled3(k3) ^ lengthBytes;
    let h4 = this.h4 ^ scrambled4(k4) ^ lengthBytes;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = avalanched(h2 + h1);
    h3 = avalanched(h3 + h1);
    h4 = avalanched(h4 + h1);
    h1 = avalanched(h1);
    h1 = (h1 + h2 + h3 + h4) | 0;
    const hash = new Uint8Array(16);
    put32(hash, 0, h1);
    put32(hash, 4, h2 + h1);
    put32(hash, 8, h3 + h1);
    put32(hash, 12, h4 + h1);
    return hash;
  }
}

function scrambled1(k: number): number {
  const product = Math.imul(k, 0x239b961b);
  return Math.imul((product << 15) | (product >>> 17), 0xab0e9789);
}

function scrambled2(k: number): number {
  const product = Math.imul(k, 0xab0e9789);
  return Math.imul((product << 16) | (product >>> 16), 0x38b34ae5);
}

function scrambled3(k: number): number {
  const product = Math.imul(k, 0x38b34ae5);
  return Math.imul((product << 17) | (product >>> 15), 0xa1e38b93);
}

function scrambled4(k: number): number {
  const product = Math.imul(k, 0xa1e38b93);
  return Math.imul((product << 18) | (product >>> 14), 0x239b961b);
}

/** Murmur's `fmix32`: every bit of the word changes every bit of the result with probability one half. */
function avalanched(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function put32(target: Uint8Array, at: number, word: number): void {
  target[at] = word;
  target[at + 1] = word >>> 8;
  target[at + 2] = word >>> 16;
  target[at + 3] = word >>> 24;
}
