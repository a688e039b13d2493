import type { FoundFile } from '../../engine/vocabulary/index.ts';
import type { Random } from '../random.ts';
import { SimulatedDirectory } from './directory.ts';
import { SimulatedFile } from './file.ts';

/** The directories that exist before the node starts; '' is the data directory itself. */
const DIRECTORIES = ['', 'wal', 'identifiers', 'control'] as const;

/** An operation that a correct node never asks for. It is a bug, not a failing disk. */
export class ImpossibleOperation extends Error {}

/** The files of a data directory by name, apart from any disk. */
export type SavedFiles = ReadonlyMap<string, Uint8Array>;

/** The files of one replica. Every change is to the cache; `sync` and `syncDirectory` bring it to the platter. */
export class FileSystem {
  private readonly directories = new Map<string, SimulatedDirectory>();

  constructor() {
    for (const name of DIRECTORIES) this.directories.set(name, new SimulatedDirectory());
  }

  directory(name: string): SimulatedDirectory {
    const directory = this.directories.get(name);
    if (directory === undefined) throw new ImpossibleOperation(`there is no directory "${name}"`);
    return directory;
  }

  /** The file of this name in the cache. */
  find(path: string): SimulatedFile | undefined {
    return this.directory(directoryOf(path)).entries.get(nameOf(path));
  }

  /** The file that has this name on the platter. */
  findOnPlatter(path: string): SimulatedFile | undefined {
    return this.directory(directoryOf(path)).platterEntries.get(nameOf(path));
  }

  /** Every file in the cache, by name: what a process finds when it starts. */
  list(): FoundFile[] {
    const found: FoundFile[] = [];
    for (const [directory, { entries }] of this.directories) {
      for (const [name, file] of entries) {
        found.push({ name: directory === '' ? name : `${directory}/${name}`, size: file.size });
      }
    }
    return found.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.findOrCreate(path).write(offset, bytes);
  }

  findOrCreate(path: string): SimulatedFile {
    const existing = this.find(path);
    if (existing !== undefined) return existing;
    const file = new SimulatedFile();
    this.directory(directoryOf(path)).create(nameOf(path), file);
    return file;
  }

  existing(path: string): SimulatedFile {
    const file = this.find(path);
    if (file === undefined) throw new ImpossibleOperation(`there is no file "${path}"`);
    return file;
  }

  remove(path: string): void {
    this.directory(directoryOf(path)).remove(nameOf(path));
  }

  rename(from: string, to: string): void {
    if (directoryOf(from) !== directoryOf(to)) throw new ImpossibleOperation(`"${from}" is renamed across directories`);
    this.existing(from);
    this.directory(directoryOf(from)).rename(nameOf(from), nameOf(to));
  }

  /** A copy of every file, as somebody who copies the data directory sees them. */
  copy(): SavedFiles {
    return new Map(this.list().map(({ name }) => [name, this.existing(name).cacheView().slice()]));
  }

  /** Somebody put other files in the place of all that was there, and synced them. */
  replaceBy(saved: SavedFiles): void {
    for (const { name } of this.list()) this.remove(name);
    for (const directory of this.directories.values()) directory.sync();
    for (const [name, bytes] of saved) {
      const file = this.findOrCreate(name);
      file.write(0, bytes);
      file.sync();
    }
    for (const directory of this.directories.values()) directory.sync();
  }

  /** Nothing in the cache survives; what was not synced is lost, torn or out of order. */
  powerCut(random: Random): void {
    for (const directory of this.directories.values()) {
      directory.powerCut(random);
      for (const file of directory.platterEntries.values()) file.powerCut(random);
    }
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
