import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { formatDuration } from './amounts.ts';
import { deadlyOutcome, type FuzzOutcome, type FuzzTask, runTask } from './fuzz_work.ts';
import type { WorkerReport } from './fuzz_worker.ts';

/** In a checkout the worker is TypeScript, which needs a loader; built, it is JavaScript. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const WORKER = fileURLToPath(new URL(`./fuzz_worker.${EXTENSION}`, import.meta.url));
/** A run makes much that is garbage at once: with more room for what is young, a seventh less time is spent. */
const ROOM_FOR_YOUNG = ['--min-semi-space-size=32', '--max-semi-space-size=64'];
const WORKER_ARGUMENTS = [...(EXTENSION === 'ts' ? ['--import', 'tsx'] : process.execArgv), ...ROOM_FOR_YOUNG];

/** A worker that holds more than this is replaced: a campaign of days must not depend on a heap that never grows. */
const RESIDENT_BYTES_MAX = 1.5 * 1024 ** 3;
/** A run that takes this long, and twice its virtual time, will never end: runs are dozens of times faster than the world. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Runs tasks on so many processes and hands over each outcome as it comes. `next` yields undefined when there is nothing
 * more to do. A worker that dies or hangs is an outcome too, and another takes its place. With one worker the runs happen
 * in this process.
 *
 * @throws Error when a worker cannot be started.
 */
export async function runTasks(
  workers: number,
  next: () => FuzzTask | undefined,
  done: (outcome: FuzzOutcome) => void,
): Promise<void> {
  if (workers > 1) {
    await Promise.all(Array.from({ length: workers }, () => runWorkers(next, done)));
    return;
  }
  for (let task = next(); task !== undefined; task = next()) {
    done(runTask(task));
    // Lets signals and the terminal have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One worker after the other, until nothing is left to do. */
async function runWorkers(next: () => FuzzTask | undefined, done: (outcome: FuzzOutcome) => void): Promise<void> {
  while (await runWorker(next, done));
}

/** Resolves with whether there may be more to do. */
function runWorker(next: () => FuzzTask | undefined, done: (outcome: FuzzOutcome) => void): Promise<boolean> {
  const first = next();
  if (first === undefined) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const worker: ChildProcess = fork(WORKER, [], { execArgv: WORKER_ARGUMENTS });
    let task: FuzzTask | undefined;
    let patience: NodeJS.Timeout | undefined;
    let hangs = false;
    let isMore = true;
    const give = (given: FuzzTask | undefined): void => {
      clearTimeout(patience);
      task = given;
      if (given === undefined) {
        worker.disconnect();
        return;
      }
      patience = setTimeout(
        () => {
          hangs = true;
          worker.kill('SIGKILL');
        },
        PATIENCE_MS + 2 * given.durationMs,
      );
      worker.send(given);
    };
    worker.on('message', ({ outcome, residentBytes }: WorkerReport) => {
      done(outcome);
      if (residentBytes > RESIDENT_BYTES_MAX) {
        give(undefined);
        return;
      }
      const following = next();
      isMore = following !== undefined;
      give(following);
    });
    worker.on('error', reject);
    worker.on('exit', (code, signal) => {
      clearTimeout(patience);
      if (task !== undefined) {
        const took = formatDuration(PATIENCE_MS + 2 * task.durationMs);
        done(
          hangs
            ? deadlyOutcome(task, 'end of the run', `The run had not ended after ${took}.`)
            : deadlyOutcome(
                task,
                'end of the process',
                `The process that ran it ended (${signal ?? `status ${code}`}).`,
              ),
        );
      }
      resolve(isMore);
    });
    give(first);
  });
}
