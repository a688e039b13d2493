import type { DiskEffect, DiskFailure, DiskOperation } from '../../engine/index.ts';
import { Descriptors } from './descriptors.ts';
import { ReadGate } from './read_gate.ts';
import { describeOperation, runOperation } from './operations.ts';

/** How a disk effect ended: the `diskDone` or `diskFailed` event but for its time. */
export type DiskOutcome =
  | { readonly ok: true; readonly reads: readonly Uint8Array[] }
  | { readonly ok: false; readonly failure: DiskFailure; readonly reason: string };

const OPEN_FILES_MAX = 64;
/** What is read for readers and followers at once. */
const READ_BYTES_MAX = 64 * 1024 * 1024;

/** Is told of every operation: how long it took, and whether it failed. */
export type DiskWatcher = (operation: DiskOperation, seconds: number, isFailed: boolean) => void;

/** Carries out disk effects on the real files below one directory. */
export class Disk {
  readonly #directory: string;
  readonly #descriptors = new Descriptors(OPEN_FILES_MAX);

  readonly #reads = new ReadGate(READ_BYTES_MAX);
  readonly #watcher: DiskWatcher;

  constructor(directory: string, watcher: DiskWatcher = () => undefined) {
    this.#directory = directory;
    this.#watcher = watcher;
  }

  /**
   * Runs the stages one after the other, the operations of a stage side by side, and calls `done` once. After a failure
   * no further stage is begun, but `done` waits for the operations that are already running: nothing that belongs to a
   * failed effect may still change a file when the engine hears of the failure.
   */
  run(effect: DiskEffect, done: (outcome: DiskOutcome) => void): void {
    const bytes = bytesToRead(effect);
    if (bytes === undefined) {
      this.#runStages(effect, done);
      return;
    }
    this.#reads.enter(bytes, () => {
      this.#runStages(effect, (outcome) => {
        done(outcome);
        this.#reads.leave(bytes);
      });
    });
  }

  #runStages(effect: DiskEffect, done: (outcome: DiskOutcome) => void): void {
    const reads: Uint8Array[] = [];
    let next = 0;
    const nextStage = (): void => {
      const stage = effect.stages[next++];
      if (stage === undefined) {
        done({ ok: true, reads });
        return;
      }
      this.#runStage(stage, (failure, stageReads) => {
        if (failure !== undefined) {
          done(failure);
          return;
        }
        reads.push(...stageReads);
        nextStage();
      });
    };
    nextStage();
  }

  /** Closes every file; operations still running finish first. */
  close(): void {
    this.#descriptors.closeAll();
  }

  #runStage(
    stage: readonly DiskOperation[],
    done: (failure: DiskOutcome | undefined, reads: readonly Uint8Array[]) => void,
  ): void {
    let running = stage.length;
    let failure: DiskOutcome | undefined;
    const reads: (Uint8Array | undefined)[] = [];
    if (running === 0) {
      done(undefined, []);
      return;
    }
    stage.forEach((operation, place) => {
      const startedMs = performance.now();
      runOperation(this.#directory, this.#descriptors, operation, (error, bytes) => {
        this.#watcher(operation, (performance.now() - startedMs) / 1_000, error !== null);
        if (error !== null) failure ??= failed(operation, error);
        if (operation.op === 'read') reads[place] = bytes;
        running--;
        if (running === 0) {
          done(
            failure,
            reads.filter((one) => one !== undefined),
          );
        }
      });
    });
  }
}

/** How many bytes an effect that does nothing but read reads; undefined when it does more. */
function bytesToRead({ stages }: DiskEffect): number | undefined {
  let bytes = 0;
  for (const stage of stages) {
    for (const operation of stage) {
      if (operation.op !== 'read') return undefined;
      bytes += operation.length;
    }
  }
  return bytes;
}

function failed(operation: DiskOperation, error: NodeJS.ErrnoException): DiskOutcome {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return { ok: false, failure: full ? 'full' : 'io', reason: `${describeOperation(operation)}: ${error.message}` };
}
