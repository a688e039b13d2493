import { MARKS } from '../../sim/index.ts';
import { formatCount, formatCounted, formatDuration } from './amounts.ts';
import type { Tally } from './fuzz_tally.ts';
import type { Terminal } from './terminal.ts';

const DRAW_EVERY_MS = 200;
const LINE_EVERY_MS = 30_000;
const BAR_CELLS = 24;

/** Shows how far a campaign is: a bar that is drawn over, or, where that cannot be, a line now and then. */
export class FuzzProgress {
  private readonly terminal: Terminal;
  private readonly seeds: number;
  private readonly startedMs = performance.now();
  private shownMs = performance.now();

  constructor(terminal: Terminal, seeds: number) {
    this.terminal = terminal;
    this.seeds = seeds;
  }

  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  show(tally: Tally): void {
    const now = performance.now();
    const every = this.terminal.draw === undefined ? LINE_EVERY_MS : DRAW_EVERY_MS;
    if (now - this.shownMs < every) return;
    this.shownMs = now;
    const line = describeProgress(tally, this.seeds, this.elapsedMs);
    if (this.terminal.draw === undefined) this.terminal.err(line);
    else this.terminal.draw(`[${bar(tally.seeds / this.seeds)}] ${line}`);
  }

  clear(): void {
    this.terminal.draw?.('');
  }
}

/** `412 of 20,000 seeds, 3.1/s, 1 h 45 m left, 57 of 61 marks`. */
export function describeProgress(tally: Tally, seeds: number, elapsedMs: number): string {
  const done = tally.seeds;
  const failed = tally.failures.length === 0 ? '' : `, ${tally.failures.length} failed`;
  const rate = ((done / Math.max(1, elapsedMs)) * 1_000).toFixed(1);
  const left = formatDuration((elapsedMs * (seeds - done)) / Math.max(1, done));
  const marks = `${MARKS.length - tally.marksNeverReached.length} of ${MARKS.length} marks`;
  return `${formatCount(done)} of ${formatCounted(seeds, 'seed')}${failed}, ${rate}/s, ${left} left, ${marks}`;
}

function bar(share: number): string {
  const cells = Math.floor(BAR_CELLS * share);
  return `${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}`;
}
