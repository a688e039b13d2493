/** Something that will happen. `cancelled` entries stay in the queue and do nothing. */
export interface Scheduled {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * Virtual time: what happens next, happens now. A binary heap ordered by (time, order of scheduling), so that two runs
 * of one scenario agree even about events at the same instant.
 */
export class EventQueue {
  private readonly heap: Scheduled[] = [];
  private nextSequence = 0;
  private now = 0;

  /** Virtual milliseconds since the run began. */
  get nowMs(): number {
    return this.now;
  }

  get size(): number {
    return this.heap.length;
  }

  /** Runs `run` at `atMs`, or at once, after what is already due, if that is past. */
  at(atMs: number, run: () => void): Scheduled {
    const entry: Scheduled = {
      atMs: atMs < this.now ? this.now : atMs,
      sequence: this.nextSequence++,
      run,
      cancelled: false,
    };
    const { heap } = this;
    let position = heap.length;
    heap.push(entry);
    while (position > 0) {
      const parentPosition = (position - 1) >>> 1;
      const parent = heap[parentPosition] as Scheduled;
      if (before(parent, entry)) break;
      heap[position] = parent;
      position = parentPosition;
    }
    heap[position] = entry;
    return entry;
  }

  after(delayMs: number, run: () => void): Scheduled {
    return this.at(this.now + delayMs, run);
  }

  /** Lets the next thing happen. False when nothing is left to happen up to `untilMs`; the time is then `untilMs`. */
  runNext(untilMs: number): boolean {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || first.atMs > untilMs) {
        if (untilMs > this.now) this.now = untilMs;
        return false;
      }
      this.removeFirst();
      if (first.cancelled) continue;
      this.now = first.atMs;
      first.run();
      return true;
    }
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop() as Scheduled;
    const size = heap.length;
    if (size === 0) return;
    let position = 0;
    for (;;) {
      let childPosition = 2 * position + 1;
      if (childPosition >= size) break;
      let child = heap[childPosition] as Scheduled;
      const right = heap[childPosition + 1];
      if (right !== undefined && before(right, child)) {
        child = right;
        childPosition += 1;
      }
      if (before(last, child)) break;
      heap[position] = child;
      position = childPosition;
    }
    heap[position] = last;
  }
}

function before(one: Scheduled, other: Scheduled): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);
}
