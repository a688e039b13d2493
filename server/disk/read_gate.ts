/**
 * Lets reads begin while what is being read at once fits in memory: who asks for much gets it bit by bit, in the order in
 * which it was asked for. The first of all always begins, however large it is.
 */
export class ReadGate {
  readonly #bytesMax: number;
  readonly #waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Calls `begin` now or later; `leave` must follow when it is done. */
  enter(bytes: number, begin: () => void): void {
    this.#waiting.push({ bytes, begin });
    this.#beginSome();
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    this.#beginSome();
  }

  #beginSome(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#bytes > 0 && this.#bytes + next.bytes > this.#bytesMax) return;
      this.#waiting.shift();
      this.#bytes += next.bytes;
      next.begin();
    }
  }
}
