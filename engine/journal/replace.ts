import type { DiskOperation } from '../vocabulary/disk.ts';
import { UNFINISHED } from './names.ts';

/** Stages that put a new content under a name, atomically and durably: a crash leaves the old file or the new one. */
export function replaceFile(file: string, content: Uint8Array): DiskOperation[][] {
  const unfinished = file + UNFINISHED;
  return [
    // A leftover of an earlier life may be longer than what is written now.
    [{ op: 'truncate', file: unfinished, size: 0 }],
    [{ op: 'write', file: unfinished, offset: 0, chunks: [content] }],
    [{ op: 'sync', file: unfinished }],
    [{ op: 'rename', from: unfinished, to: file }],
    [{ op: 'syncDirectory', directory: directoryOf(file) }],
  ];
}

export function directoryOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash === -1 ? '' : file.slice(0, slash);
}
