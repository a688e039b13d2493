import type { OperationId } from './units.ts';

/**
 * One operation on a file below the data directory. Names use `/` and are relative, e.g. `wal/wal_1000`; the directories
 * `wal`, `identifiers` and `control` exist before the node starts.
 *
 * - `write` puts `chunks`, one after the other, at `offset`; it creates the file when there is none.
 * - `sync` returns when the file's content and size are on stable storage; `syncDirectory` ('' is the data directory
 *   itself) when its creations, renames and removals are.
 * - `truncate` sets the file's size; it creates the file when there is none.
 * - `rename` replaces `to` atomically.
 * - `remove` of a file that is not there is done.
 * - `read` yields the bytes from `offset`: fewer than `length` when the file ends before, none when there is no file.
 */
export type DiskOperation =
  | { readonly op: 'write'; readonly file: string; readonly offset: number; readonly chunks: readonly Uint8Array[] }
  | { readonly op: 'sync'; readonly file: string }
  | { readonly op: 'syncDirectory'; readonly directory: string }
  | { readonly op: 'truncate'; readonly file: string; readonly size: number }
  | { readonly op: 'remove'; readonly file: string }
  | { readonly op: 'rename'; readonly from: string; readonly to: string }
  | { readonly op: 'read'; readonly file: string; readonly offset: number; readonly length: number };

/**
 * Stages run one after the other; the operations of one stage may run at the same time, in any order. Different effects
 * may overlap: the engine never has two in flight whose order matters. The driver answers with one `diskDone` when all
 * is done (its `reads` in the order of the read operations) or one `diskFailed` at the first failure, after which it
 * starts no further stage.
 */
export interface DiskEffect {
  readonly kind: 'disk';
  readonly id: OperationId;
  readonly stages: readonly (readonly DiskOperation[])[];
}

/** A file found below the data directory when the process started. */
export interface FoundFile {
  readonly name: string;
  readonly size: number;
}

/** Why an operation failed: no space left, or anything else. */
export type DiskFailure = 'full' | 'io';
