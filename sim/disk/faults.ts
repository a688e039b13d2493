import type { DiskOperation } from '../../engine/vocabulary/index.ts';

export type FailingOperation = 'sync' | 'write' | 'read';

/** What is wrong with one disk at the moment. */
export class DiskFaults {
  /** How many of the next operations of each kind fail. */
  private readonly errors: Record<FailingOperation, number> = { sync: 0, write: 0, read: 0 };
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

  heal(): void {
    this.errors.sync = 0;
    this.errors.write = 0;
    this.errors.read = 0;
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
