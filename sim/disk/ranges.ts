/** A set of byte offsets as half-open ranges: ascending, apart from each other. Usually one or two. */
export class Ranges {
  private starts: number[] = [];
  private ends: number[] = [];

  get count(): number {
    return this.starts.length;
  }

  /** The least offset in the set, `Infinity` when it is empty. */
  get first(): number {
    return this.starts[0] ?? Infinity;
  }

  add(start: number, end: number): void {
    if (start >= end) return;
    const { starts, ends } = this;
    const last = starts.length - 1;
    if (last >= 0 && start >= (starts[last] as number)) {
      // Nearly always: further on, or right behind.
      if (start <= (ends[last] as number)) ends[last] = Math.max(ends[last] as number, end);
      else {
        starts.push(start);
        ends.push(end);
      }
      return;
    }
    let from = 0;
    while (from < starts.length && (ends[from] as number) < start) from++;
    let to = from;
    let mergedStart = start;
    let mergedEnd = end;
    while (to < starts.length && (starts[to] as number) <= end) {
      mergedStart = Math.min(mergedStart, starts[to] as number);
      mergedEnd = Math.max(mergedEnd, ends[to] as number);
      to++;
    }
    starts.splice(from, to - from, mergedStart);
    ends.splice(from, to - from, mergedEnd);
  }

  /** Takes everything from `size` on out of the set. */
  cutFrom(size: number): void {
    const { starts, ends } = this;
    while (starts.length > 0 && (starts[starts.length - 1] as number) >= size) {
      starts.pop();
      ends.pop();
    }
    const last = ends.length - 1;
    if (last >= 0) ends[last] = Math.min(ends[last] as number, size);
  }

  has(offset: number): boolean {
    for (let at = this.starts.length - 1; at >= 0; at--) {
      if (offset >= (this.starts[at] as number)) return offset < (this.ends[at] as number);
    }
    return false;
  }

  clear(): void {
    this.starts = [];
    this.ends = [];
  }

  forEach(visit: (start: number, end: number) => void): void {
    for (let at = 0; at < this.starts.length; at++) visit(this.starts[at] as number, this.ends[at] as number);
  }
}
