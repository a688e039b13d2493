import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type FuzzOutcome, type FuzzTask, runTask } from './fuzz_work.ts';

/** In a checkout the worker is TypeScript, which needs a loader; built, it is JavaScript. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const WORKER = fileURLToPath(new URL(`./fuzz_worker.${EXTENSION}`, import.meta.url));
const WORKER_ARGUMENTS = EXTENSION === 'ts' ? ['--import', 'tsx'] : process.execArgv;

/**
 * Runs tasks on so many processes and hands over each outcome as it comes. `next` yields undefined when there is nothing
 * more to do. With one worker the runs happen in this process.
 *
 * @throws Error when a worker dies.
 */
export async function runTasks(
  workers: number,
  next: () => FuzzTask | undefined,
  done: (outcome: FuzzOutcome) => void,
): Promise<void> {
  if (workers > 1) {
    await Promise.all(Array.from({ length: workers }, () => runWorker(next, done)));
    return;
  }
  for (let task = next(); task !== undefined; task = next()) {
    done(runTask(task));
    // Lets signals and the terminal have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function runWorker(next: () => FuzzTask | undefined, done: (outcome: FuzzOutcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker: ChildProcess = fork(WORKER, [], { execArgv: WORKER_ARGUMENTS });
    let task: FuzzTask | undefined;
    const give = (): void => {
      task = next();
      if (task === undefined) worker.disconnect();
      else worker.send(task);
    };
    worker.on('message', (outcome: FuzzOutcome) => {
      done(outcome);
      give();
    });
    worker.on('error', reject);
    worker.on('exit', (code, signal) => {
      if (task === undefined) resolve();
      else reject(new Error(`a worker ended (${signal ?? code}) while it ran seed ${task.seed}`));
    });
    give();
  });
}
