/**
 * How a unit (a transaction group, or an event that stands alone) becomes records.
 *
 * A unit of fewer than `FRAGMENT_BYTES` bytes is one record. A longer one is cut into fragments, and a fragment that does
 * not end its unit has exactly `FRAGMENT_BYTES` bytes, or exactly one; the fragment that ends it has any other length. So
 * **a record ends its unit if and only if its length is neither of the two**: readable from the record alone, without a
 * byte added to the log. Two single bytes at most make up for a unit whose length would break the rule. A unit has at least
 * the 19 bytes of an event header, so none needs more.
 *
 * The cut depends on the unit's bytes only, and a fragment is the same whatever follows it: a log that is still being
 * written is cut as it will be in the end.
 */
export const FRAGMENT_BYTES = 1024 * 1024;

/** Whether a record of this many bytes ends its unit. */
export function endsUnit(recordBytes: number): boolean {
  return recordBytes !== FRAGMENT_BYTES && recordBytes !== 1;
}

/** The next fragment of a unit that goes on for more than `bytesKnown`; 0 while it is too early to say. */
export function nextFragmentBytes(bytesKnown: number): number {
  // Two bytes must stay, or a unit could be left with a last fragment of one byte or none.
  return bytesKnown >= FRAGMENT_BYTES + 2 ? FRAGMENT_BYTES : 0;
}

/** The lengths of the last fragments, when `bytesLeft` bytes are left and the unit ends with them. */
export function lastFragmentsBytes(bytesLeft: number): readonly number[] {
  if (bytesLeft === FRAGMENT_BYTES) return [1, FRAGMENT_BYTES - 1];
  if (bytesLeft === FRAGMENT_BYTES + 1) return [1, 1, FRAGMENT_BYTES - 1];
  return [bytesLeft];
}

/** Collects the bytes of one unit after the other and gives its fragments back as soon as they are certain. */
export class Fragmenter {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** How many bytes wait for a fragment to become certain: fewer than `FRAGMENT_BYTES + 2`. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /** Adds bytes of the unit; they must not change until their fragment is out. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    this.#pieces.push(bytes);
    this.#bytes += bytes.byteLength;
    const fragments: Uint8Array[] = [];
    for (let next = nextFragmentBytes(this.#bytes); next > 0; next = nextFragmentBytes(this.#bytes)) {
      fragments.push(this.#take(next));
    }
    return fragments;
  }

  /** The unit ends here; the next begins. */
  finish(): readonly Uint8Array[] {
    return lastFragmentsBytes(this.#bytes).map((bytes) => this.#take(bytes));
  }

  /** A copy, so that a small record does not keep a large buffer alive. */
  #take(bytes: number): Uint8Array {
    const [first = new Uint8Array(0)] = this.#pieces;
    // One large piece is not copied again for each of its fragments.
    const all = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
    const rest = all.subarray(bytes);
    this.#pieces = rest.byteLength === 0 ? [] : [rest];
    this.#bytes -= bytes;
    return Buffer.from(all.subarray(0, bytes));
  }
}
