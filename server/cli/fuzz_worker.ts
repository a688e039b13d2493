/** A process that `fuzz` starts: takes seeds, one after the other, and sends back what came of them. */
import { type FuzzOutcome, type FuzzTask, runTask } from './fuzz_work.ts';

/** What a worker says after each run. */
export interface WorkerReport {
  readonly outcome: FuzzOutcome;
  /** Memory the process holds now. */
  readonly residentBytes: number;
}

process.on('message', (task: FuzzTask) => {
  const report: WorkerReport = { outcome: runTask(task), residentBytes: process.memoryUsage.rss() };
  process.send?.(report);
});
// Ctrl-C reaches all processes of a terminal; the parent decides what it means.
process.on('SIGINT', () => {});
// Without its parent it has nothing to do any more.
process.on('disconnect', () => process.exit(0));
