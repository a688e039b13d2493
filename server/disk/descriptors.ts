import fs from 'node:fs';

/** An open file. `users` operations are running on it; `dropped`: close it when the last of them ends. */
interface Descriptor {
  readonly fd: number;
  users: number;
  dropped: boolean;
}

type Opened = (error: NodeJS.ErrnoException | null, fd: number, release: () => void) => void;

/**
 * Open descriptors of the files in use, the least recently used closed first, so that a write costs no open and the
 * number of open files stays bounded however many segments there are. Two requests for one file share one descriptor.
 */
export class Descriptors {
  readonly #capacity: number;
  /** In order of last use, the oldest first. */
  readonly #open = new Map<string, Descriptor>();
  readonly #opening = new Map<string, Opened[]>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Hands the descriptor of `path` to `use`, which must call `release` once. `flags` matter only when the file is not
   * open yet; every descriptor reads and writes.
   */
  with(path: string, flags: number, use: Opened): void {
    const held = this.#open.get(path);
    if (held !== undefined) {
      this.#open.delete(path);
      this.#open.set(path, held);
      this.#lend(held, use);
      return;
    }
    // A file asked for with and without "create" at once is not shared: the one without must still fail.
    const key = `${flags}:${path}`;
    const waiting = this.#opening.get(key);
    if (waiting !== undefined) {
      waiting.push(use);
      return;
    }
    const users = [use];
    this.#opening.set(key, users);
    fs.open(path, flags, 0o600, (error, fd) => {
      // `drop` takes the key away when the name stops meaning this file.
      const current = this.#opening.get(key) === users;
      if (current) this.#opening.delete(key);
      if (error !== null) {
        for (const one of users) one(error, -1, () => undefined);
        return;
      }
      // Our own use of it, until all who waited have theirs.
      const descriptor: Descriptor = { fd, users: 1, dropped: !current || this.#open.has(path) };
      if (!descriptor.dropped) {
        this.#open.set(path, descriptor);
        this.#closeOldest();
      }
      for (const one of users) this.#lend(descriptor, one);
      this.#release(descriptor);
    });
  }

  /** The name no longer means the file it meant: renamed, replaced or removed. */
  drop(path: string): void {
    for (const key of this.#opening.keys()) {
      if (key.slice(key.indexOf(':') + 1) === path) this.#opening.delete(key);
    }
    const held = this.#open.get(path);
    if (held === undefined) return;
    this.#open.delete(path);
    this.#retire(held);
  }

  /** Closes everything that is not in use, and the rest when its use ends. */
  closeAll(): void {
    for (const path of [...this.#open.keys()]) this.drop(path);
  }

  get size(): number {
    return this.#open.size;
  }

  #lend(descriptor: Descriptor, use: Opened): void {
    descriptor.users++;
    let released = false;
    use(null, descriptor.fd, () => {
      if (released) return;
      released = true;
      this.#release(descriptor);
    });
  }

  #release(descriptor: Descriptor): void {
    descriptor.users--;
    if (descriptor.users > 0) return;
    if (descriptor.dropped) close(descriptor);
    else this.#closeOldest();
  }

  #retire(descriptor: Descriptor): void {
    descriptor.dropped = true;
    if (descriptor.users === 0) close(descriptor);
  }

  #closeOldest(): void {
    for (const [path, descriptor] of this.#open) {
      if (this.#open.size <= this.#capacity) return;
      // One in use was used last by the operation that still runs; look further.
      if (descriptor.users > 0) continue;
      this.#open.delete(path);
      this.#retire(descriptor);
    }
  }
}

/** What was written is made durable by `sync`, never by closing: an error here says nothing. */
function close(descriptor: Descriptor): void {
  fs.close(descriptor.fd, () => undefined);
}
