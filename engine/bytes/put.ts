const TWO_TO_32 = 0x1_0000_0000;
const halves = new DataView(new ArrayBuffer(8));

/** Unsigned little-endian integers into `target` at `at`; what a width cannot hold is cut off. No views are made. */
export function put16(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
}

export function put32(target: Uint8Array, at: number, value: number): void {
  target[at] = value;
  target[at + 1] = value >>> 8;
  target[at + 2] = value >>> 16;
  target[at + 3] = value >>> 24;
}

export function put48(target: Uint8Array, at: number, value: number): void {
  put32(target, at, value | 0);
  put16(target, at + 4, Math.floor(value / TWO_TO_32));
}

export function put64(target: Uint8Array, at: number, value: bigint): void {
  // Through memory: V8 makes a new bigint for each shift and mask, and none for this.
  halves.setBigUint64(0, value, true);
  put32(target, at, halves.getInt32(0, true));
  put32(target, at + 4, halves.getInt32(4, true));
}
