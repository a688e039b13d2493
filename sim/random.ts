import seedrandom from 'seedrandom';

/** The longest tail a delay may grow: 2^10 times its usual size. */
const DOUBLINGS_MAX = 10;
/** How often a heavy-tailed value doubles once more. The factor's mean is then 3/2. */
const DOUBLING_CHANCE = 0.25;

/**
 * A named stream of random numbers. `fork` derives another from the name alone, never from how many numbers were drawn,
 * so that one concern's draws do not shift another's: adding a fault leaves the network's delays as they were.
 *
 * Alea uses only additions and multiplications of doubles, which every machine rounds alike.
 */
export class Random {
  readonly name: string;
  private readonly generate: () => number;

  constructor(name: string) {
    this.name = name;
    this.generate = seedrandom.alea(name);
  }

  fork(name: string | number): Random {
    return new Random(`${this.name}/${name}`);
  }

  /** A number of [0, 1). */
  unit(): number {
    return this.generate();
  }

  /** An integer of [low, high], both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.generate() * (high - low + 1));
  }

  /** A number of [low, high). */
  between(low: number, high: number): number {
    return low + this.generate() * (high - low);
  }

  /** True with this probability. Draws nothing when the answer is certain. */
  chance(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.generate() < probability;
  }

  /** Throws `RangeError` when there is nothing to pick from. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** The items in random order, as a new array. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let at = result.length - 1; at > 0; at--) {
      const other = this.integer(0, at);
      const moved = result[at] as T;
      result[at] = result[other] as T;
      result[other] = moved;
    }
    return result;
  }

  /**
   * A delay of at least `minimum` and of this mean, whose tail is heavy: a quarter of the values double, a quarter of
   * those once more, and so on. Made of doublings because `Math.log` and `Math.pow` differ between machines.
   */
  heavyTailed(minimum: number, mean: number): number {
    let value = this.generate() * ((mean - minimum) / 0.75);
    for (let doublings = 0; doublings < DOUBLINGS_MAX && this.generate() < DOUBLING_CHANCE; doublings++) value *= 2;
    return minimum + value;
  }

  bytes(count: number): Uint8Array {
    const result = new Uint8Array(count);
    for (let at = 0; at < count; at++) result[at] = this.integer(0, 255);
    return result;
  }
}
