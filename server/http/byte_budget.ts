/** How many bytes of one kind may be in memory at once: beyond it, requests are told to come back later. */
export class ByteBudget {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Whether `bytes` were free; if so they are taken until `give` returns them. */
  take(bytes: number): boolean {
    if (bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}

/** What one request has taken from the budget. */
export class BudgetShare {
  readonly #budget: ByteBudget;
  #taken = 0;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** Whether `bytes` more were free. */
  take(bytes: number): boolean {
    if (!this.#budget.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(): void {
    this.#budget.give(this.#taken);
    this.#taken = 0;
  }
}
