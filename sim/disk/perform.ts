import type { DiskOperation } from '../../engine/vocabulary/index.ts';
import type { Random } from '../random.ts';
import type { FileSystem } from './file_system.ts';

const NOTHING = new Uint8Array(0);

/** Carries out one operation. A read yields its bytes. */
export function perform(files: FileSystem, operation: DiskOperation): Uint8Array | undefined {
  switch (operation.op) {
    case 'write': {
      const file = files.findOrCreate(operation.file);
      let offset = operation.offset;
      for (const chunk of operation.chunks) {
        file.write(offset, chunk);
        offset += chunk.length;
      }
      return undefined;
    }
    case 'sync':
      files.existing(operation.file).sync();
      return undefined;
    case 'syncDirectory':
      files.directory(operation.directory).sync();
      return undefined;
    case 'truncate':
      files.findOrCreate(operation.file).truncate(operation.size);
      return undefined;
    case 'remove':
      files.remove(operation.file);
      return undefined;
    case 'rename':
      files.rename(operation.from, operation.to);
      return undefined;
    case 'read':
      return files.find(operation.file)?.read(operation.offset, operation.length) ?? NOTHING;
  }
}

/** Carries out what a failing operation still does: part of a write, some sectors of a sync, else nothing. */
export function performFailing(files: FileSystem, operation: DiskOperation, random: Random): void {
  switch (operation.op) {
    case 'write': {
      const all = joined(operation.chunks);
      perform(files, { ...operation, chunks: [all.subarray(0, random.integer(0, all.length))] });
      return;
    }
    case 'sync':
      files.find(operation.file)?.failSync(random);
      return;
    case 'syncDirectory':
      files.directory(operation.directory).failSync(random);
      return;
    case 'truncate':
    case 'remove':
    case 'rename':
    case 'read':
      return;
  }
}

export function writtenBytes(operation: DiskOperation): number {
  if (operation.op !== 'write') return 0;
  let count = 0;
  for (const chunk of operation.chunks) count += chunk.length;
  return count;
}

/** For a person. */
export function describeOperation(operation: DiskOperation): string {
  switch (operation.op) {
    case 'write':
      return `write ${writtenBytes(operation)} bytes at ${operation.offset} of ${operation.file}`;
    case 'sync':
      return `sync ${operation.file}`;
    case 'syncDirectory':
      return `sync directory ${operation.directory === '' ? '.' : operation.directory}`;
    case 'truncate':
      return `truncate ${operation.file} to ${operation.size}`;
    case 'remove':
      return `remove ${operation.file}`;
    case 'rename':
      return `rename ${operation.from} to ${operation.to}`;
    case 'read':
      return `read ${operation.length} bytes at ${operation.offset} of ${operation.file}`;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}
