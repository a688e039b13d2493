import type { DiskOperation, FoundFile } from '../vocabulary/disk.ts';

const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'size'; readonly size: number };

interface Inode {
  cached: Uint8Array;
  platter: Uint8Array;
  unsynced: Change[];
}

/** One atomic change of a directory: names that come or go. */
type Renaming = readonly (readonly [name: string, inode: Inode | undefined])[];

/**
 * Files whose cache and platter differ until they are synced, one primitive operation at a time. A power cut keeps, of
 * what was not synced, any set of 512-byte sectors, and of each directory's changes any first few.
 */
export class CrashDisk {
  private names = new Map<string, Inode>();
  private readonly stored = new Map<string, Inode>();
  private readonly pending = new Map<string, Renaming[]>();

  listing(): FoundFile[] {
    return [...this.names].map(([name, inode]) => ({ name, size: inode.cached.length }));
  }

  /** What would be there after a power cut now that loses everything it can. */
  platter(): Map<string, Uint8Array> {
    return new Map([...this.stored].map(([name, inode]) => [name, inode.platter]));
  }

  /** Puts a file there, durably. */
  place(name: string, bytes: Uint8Array): void {
    const inode = { cached: bytes, platter: bytes, unsynced: [] };
    this.names.set(name, inode);
    this.stored.set(name, inode);
  }

  /** The bytes read, of a read. */
  perform(operation: DiskOperation): Uint8Array | undefined {
    switch (operation.op) {
      case 'write': {
        const inode = this.names.get(operation.file) ?? this.create(operation.file);
        let at = operation.offset;
        for (const chunk of operation.chunks) {
          this.change(inode, { kind: 'write', offset: at, bytes: chunk.slice() });
          at += chunk.length;
        }
        return undefined;
      }
      case 'truncate':
        this.change(this.names.get(operation.file) ?? this.create(operation.file), {
          kind: 'size',
          size: operation.size,
        });
        return undefined;
      case 'sync': {
        const inode = this.names.get(operation.file);
        if (inode === undefined) throw new Error(`${operation.file} is not there to be synced`);
        inode.platter = inode.cached;
        inode.unsynced = [];
        return undefined;
      }
      case 'syncDirectory':
        for (const renaming of this.pending.get(operation.directory) ?? []) store(this.stored, renaming);
        this.pending.delete(operation.directory);
        return undefined;
      case 'remove':
        if (this.names.has(operation.file)) this.rename([[operation.file, undefined]]);
        return undefined;
      case 'rename': {
        const inode = this.names.get(operation.from);
        if (inode === undefined) throw new Error(`${operation.from} is not there to be renamed`);
        this.rename([
          [operation.from, undefined],
          [operation.to, inode],
        ]);
        return undefined;
      }
      case 'read':
        return (this.names.get(operation.file)?.cached ?? new Uint8Array(0)).slice(
          operation.offset,
          operation.offset + operation.length,
        );
    }
  }

  /** `chance` yields numbers from 0 to below 1. */
  powerCut(chance: () => number): void {
    for (const renamings of this.pending.values()) {
      const kept = Math.floor(chance() * (renamings.length + 1));
      for (const renaming of renamings.slice(0, kept)) store(this.stored, renaming);
    }
    this.pending.clear();
    this.names = new Map(this.stored);
    for (const inode of new Set(this.names.values())) {
      // Now and then all of it, or nothing; else this sector and not that one.
      const share = [0, 1, 0.5, 0.9][Math.floor(chance() * 4)] ?? 0;
      for (const change of inode.unsynced) {
        for (const part of sectorsOf(change)) if (chance() < share) inode.platter = changed(inode.platter, part);
      }
      inode.cached = inode.platter;
      inode.unsynced = [];
    }
  }

  private create(name: string): Inode {
    const inode: Inode = { cached: new Uint8Array(0), platter: new Uint8Array(0), unsynced: [] };
    this.rename([[name, inode]]);
    return inode;
  }

  private rename(renaming: Renaming): void {
    store(this.names, renaming);
    const name = renaming[0]?.[0] ?? '';
    const directory = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    this.pending.set(directory, [...(this.pending.get(directory) ?? []), renaming]);
  }

  private change(inode: Inode, change: Change): void {
    inode.cached = changed(inode.cached, change);
    inode.unsynced.push(change);
  }
}

function store(names: Map<string, Inode>, renaming: Renaming): void {
  for (const [name, inode] of renaming) {
    if (inode === undefined) names.delete(name);
    else names.set(name, inode);
  }
}

function changed(bytes: Uint8Array, change: Change): Uint8Array {
  const size = change.kind === 'size' ? change.size : Math.max(bytes.length, change.offset + change.bytes.length);
  const next = new Uint8Array(size);
  next.set(bytes.subarray(0, size));
  if (change.kind === 'write') next.set(change.bytes, change.offset);
  return next;
}

function sectorsOf(change: Change): Change[] {
  if (change.kind === 'size') return [change];
  const parts: Change[] = [];
  for (let at = change.offset; at < change.offset + change.bytes.length; ) {
    const end = Math.min((Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES, change.offset + change.bytes.length);
    parts.push({ kind: 'write', offset: at, bytes: change.bytes.slice(at - change.offset, end - change.offset) });
    at = end;
  }
  return parts;
}
