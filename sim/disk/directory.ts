import type { Random } from '../random.ts';
import type { SimulatedFile } from './file.ts';

export type DirectoryChange =
  | { readonly kind: 'create'; readonly name: string; readonly file: SimulatedFile }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string };

/**
 * Names of files, in the cache and on the platter. Changes reach the platter in their order, as with a journalling file
 * system; until a sync nobody knows how many of them have. A file's own sync does not make its name last.
 */
export class SimulatedDirectory {
  private cached = new Map<string, SimulatedFile>();
  private readonly stored = new Map<string, SimulatedFile>();
  private unsynced: DirectoryChange[] = [];
  private readonly persisted: DirectoryChange[] = [];

  get entries(): ReadonlyMap<string, SimulatedFile> {
    return this.cached;
  }

  get platterEntries(): ReadonlyMap<string, SimulatedFile> {
    return this.stored;
  }

  /** Every change that ever reached the platter, in order: a reader remembers how many it has seen. */
  get platterChanges(): readonly DirectoryChange[] {
    return this.persisted;
  }

  get unsyncedCount(): number {
    return this.unsynced.length;
  }

  create(name: string, file: SimulatedFile): void {
    this.note({ kind: 'create', name, file });
  }

  /** Nothing happens when there is no such name. */
  remove(name: string): void {
    if (this.cached.has(name)) this.note({ kind: 'remove', name });
  }

  rename(from: string, to: string): void {
    this.note({ kind: 'rename', from, to });
  }

  sync(): void {
    this.persist(this.unsynced.length);
  }

  /** Some of the changes last, the rest stays un-synced. */
  failSync(random: Random): void {
    this.persist(random.integer(0, this.unsynced.length));
  }

  powerCut(random: Random): void {
    this.persist(random.pick([0, this.unsynced.length, random.integer(0, this.unsynced.length)]));
    this.unsynced = [];
    this.cached = new Map(this.stored);
  }

  private note(change: DirectoryChange): void {
    apply(this.cached, change);
    this.unsynced.push(change);
  }

  private persist(count: number): void {
    if (count === 0) return;
    for (const change of this.unsynced.slice(0, count)) {
      apply(this.stored, change);
      this.persisted.push(change);
    }
    this.unsynced = this.unsynced.slice(count);
  }
}

function apply(names: Map<string, SimulatedFile>, change: DirectoryChange): void {
  switch (change.kind) {
    case 'create':
      names.set(change.name, change.file);
      return;
    case 'remove':
      names.delete(change.name);
      return;
    case 'rename': {
      const file = names.get(change.from);
      if (file === undefined) return;
      names.delete(change.from);
      names.set(change.to, file);
    }
  }
}
