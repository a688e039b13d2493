import fs from 'node:fs';
import path from 'node:path';
import type { DiskOperation } from '../../engine/index.ts';
import type { Descriptors } from './descriptors.ts';
import { readFully, writeFully } from './transfers.ts';

const { O_RDWR, O_CREAT, O_RDONLY } = fs.constants;
const NOTHING = new Uint8Array(0);

/** `bytes` is what a read yielded and undefined for every other operation. */
export type OperationDone = (error: NodeJS.ErrnoException | null, bytes?: Uint8Array) => void;

/**
 * Carries out one operation below `directory`. Every path is derived from the engine's relative names, which never
 * leave the data directory. Callbacks rather than promises, which would cost a quarter of the throughput.
 */
export function runOperation(
  directory: string,
  descriptors: Descriptors,
  operation: DiskOperation,
  done: OperationDone,
): void {
  switch (operation.op) {
    case 'write':
      return onFile(descriptors, path.join(directory, operation.file), O_RDWR | O_CREAT, done, (fd, finish) => {
        writeFully(fd, operation.chunks, operation.offset, finish);
      });
    case 'sync':
      // fdatasync(2) also brings out the size, without which the content could not be read back.
      return onFile(descriptors, path.join(directory, operation.file), O_RDWR, done, (fd, finish) => {
        fs.fdatasync(fd, finish);
      });
    case 'truncate':
      return onFile(descriptors, path.join(directory, operation.file), O_RDWR | O_CREAT, done, (fd, finish) => {
        fs.ftruncate(fd, operation.size, finish);
      });
    case 'read': {
      const missingIsEmpty: OperationDone = (error, bytes) => {
        if (error?.code === 'ENOENT') done(null, NOTHING);
        else done(error, bytes);
      };
      return onFile(descriptors, path.join(directory, operation.file), O_RDWR, missingIsEmpty, (fd, finish) => {
        readFully(fd, operation.offset, operation.length, finish);
      });
    }
    case 'syncDirectory':
      return syncDirectory(path.join(directory, operation.directory), done);
    case 'rename': {
      const from = path.join(directory, operation.from);
      const to = path.join(directory, operation.to);
      fs.rename(from, to, (error) => {
        descriptors.drop(from);
        descriptors.drop(to);
        done(error);
      });
      return;
    }
    case 'remove': {
      const file = path.join(directory, operation.file);
      fs.unlink(file, (error) => {
        descriptors.drop(file);
        // What is not there is as gone as it was meant to be.
        done(error?.code === 'ENOENT' ? null : error);
      });
      return;
    }
  }
}

/** A short name of the operation for a person: `write wal/wal_1000 at 4096`. */
export function describeOperation(operation: DiskOperation): string {
  switch (operation.op) {
    case 'write':
    case 'read':
      return `${operation.op} ${operation.file} at ${operation.offset}`;
    case 'sync':
    case 'remove':
      return `${operation.op} ${operation.file}`;
    case 'truncate':
      return `truncate ${operation.file} to ${operation.size}`;
    case 'rename':
      return `rename ${operation.from} to ${operation.to}`;
    case 'syncDirectory':
      return `sync directory ${operation.directory === '' ? '.' : operation.directory}`;
  }
}

/** Makes a directory's creations, renames and removals durable. */
export function syncDirectory(directory: string, done: OperationDone): void {
  fs.open(directory, O_RDONLY, (failed, fd) => {
    if (failed !== null) {
      done(failed);
      return;
    }
    fs.fsync(fd, (error) => {
      fs.close(fd, () => undefined);
      done(error);
    });
  });
}

function onFile(
  descriptors: Descriptors,
  file: string,
  flags: number,
  done: OperationDone,
  use: (fd: number, finish: OperationDone) => void,
): void {
  descriptors.with(file, flags, (failed, fd, release) => {
    if (failed !== null) {
      done(failed);
      return;
    }
    use(fd, (error, bytes) => {
      release();
      done(error, bytes);
    });
  });
}
