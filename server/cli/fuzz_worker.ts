/** A process that `fuzz` starts: takes seeds, one after the other, and sends back what came of them. */
import { type FuzzTask, runTask } from './fuzz_work.ts';

process.on('message', (task: FuzzTask) => {
  process.send?.(runTask(task));
});
// Without its parent it has nothing to do any more.
process.on('disconnect', () => process.exit(0));
