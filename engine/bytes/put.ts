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

/** Whether `put64` would change nothing there. */
export function holds64(bytes: Uint8Array, at: number, value: bigint): boolean {
  halves.setBigUint64(0, value, true);
  return word(bytes, at) === halves.getInt32(0, true) && word(bytes, at + 4) === halves.getInt32(4, true);
}

/** Four bytes, little-endian, as a signed integer. */
function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Whether `put32` would change nothing there. */
export function holds32(bytes: Uint8Array, at: number, value: number): boolean {
  return word(bytes, at) === (value | 0);
}
