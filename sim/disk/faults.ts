import type { DiskOperation } from '../../engine/vocabulary/index.ts';
import { areaOf, type FileArea } from './area.ts';

export type FailingOperation = 'sync' | 'write' | 'read';

/** What is wrong with one disk at the moment. */
export class DiskFaults {
  /** How many of the next operations of each kind fail. */
  private readonly errors: Record<FailingOperation, number> = { sync: 0, write: 0, read: 0 };
  private shortReads = 0;
  private misdirected: { readonly area: FileArea; readonly byBytes: number }[] = [];
  slowFactor = 1;
  full = false;
  /** Operations that failed, ever. */
  failureCount = 0;

  failNext(operation: FailingOperation): void {
    this.errors[operation] += 1;
  }

  /** Whether this operation fails, which uses an error up. */
  takes(operation: DiskOperation): boolean {
    const kind = kindOf(operation);
    if (this.errors[kind] === 0) return false;
    this.errors[kind] -= 1;
    this.failureCount += 1;
    return true;
  }

  /** The next read yields fewer bytes than there are. */
  shortenNextRead(): void {
    this.shortReads += 1;
  }

  /** Whether this read is cut short, which uses one up. */
  shortens(operation: DiskOperation): boolean {
    if (this.shortReads === 0 || operation.op !== 'read') return false;
    this.shortReads -= 1;
    this.failureCount += 1;
    return true;
  }

  /** The next write to such a file lands so many bytes further on, or before. */
  misdirectNext(area: FileArea, byBytes: number): void {
    this.misdirected.push({ area, byBytes });
  }

  /** The operation as the disk understands it: usually the same. */
  misdirect(operation: DiskOperation): DiskOperation {
    if (this.misdirected.length === 0 || operation.op !== 'write') return operation;
    const area = areaOf(operation.file);
    const its = this.misdirected.findIndex((other) => other.area === area);
    const [found] = its < 0 ? [] : this.misdirected.splice(its, 1);
    if (found === undefined) return operation;
    this.failureCount += 1;
    return { ...operation, offset: Math.max(0, operation.offset + found.byBytes) };
  }

  heal(): void {
    this.errors.sync = 0;
    this.errors.write = 0;
    this.errors.read = 0;
    this.shortReads = 0;
    this.misdirected = [];
    this.slowFactor = 1;
    this.full = false;
  }
}

function kindOf(operation: DiskOperation): FailingOperation {
  switch (operation.op) {
    case 'sync':
    case 'syncDirectory':
      return 'sync';
    case 'write':
    case 'truncate':
    case 'remove':
    case 'rename':
      return 'write';
    case 'read':
      return 'read';
  }
}
