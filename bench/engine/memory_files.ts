import type { DiskOperation } from '../../engine/vocabulary/index.ts';

/** A file: its bytes are the first `size` of a buffer with room to grow. */
interface MemoryFile {
  bytes: Uint8Array;
  size: number;
}

/** Files in memory that keep what is written to them and lose nothing: as fast as a disk can be. */
export class MemoryFiles {
  private readonly files = new Map<string, MemoryFile>();

  /** Carries out one operation. What a read yields goes to the end of `reads`. */
  perform(operation: DiskOperation, reads: Uint8Array[]): void {
    switch (operation.op) {
      case 'write': {
        const file = this.open(operation.file);
        let at = operation.offset;
        for (const chunk of operation.chunks) {
          reserve(file, at + chunk.length);
          file.bytes.set(chunk, at);
          at += chunk.length;
        }
        file.size = Math.max(file.size, at);
        return;
      }
      case 'truncate': {
        const file = this.open(operation.file);
        reserve(file, operation.size);
        file.bytes.fill(0, Math.min(file.size, operation.size), file.size);
        file.size = operation.size;
        return;
      }
      case 'remove':
        this.files.delete(operation.file);
        return;
      case 'rename':
        this.files.set(operation.to, this.open(operation.from));
        this.files.delete(operation.from);
        return;
      case 'read': {
        const { bytes, size } = this.open(operation.file);
        reads.push(bytes.slice(operation.offset, Math.min(size, operation.offset + operation.length)));
        return;
      }
      case 'sync':
      case 'syncDirectory':
        return;
    }
  }

  private open(name: string): MemoryFile {
    let file = this.files.get(name);
    if (file === undefined) {
      file = { bytes: new Uint8Array(4096), size: 0 };
      this.files.set(name, file);
    }
    return file;
  }
}

function reserve(file: MemoryFile, size: number): void {
  if (size <= file.bytes.length) return;
  const larger = new Uint8Array(Math.max(size, 2 * file.bytes.length));
  larger.set(file.bytes);
  file.bytes = larger;
}
