import type { TrieNode } from './trie_node.ts';
import {
  entriesOf,
  find,
  firstKeyOf,
  insert,
  insertRun,
  keepBelow,
  keepFrom,
  lastKeyOf,
  leafOf,
  leafOfRun,
  nextKeyOf,
  remove,
  visitAll,
} from './trie_node.ts';

/**
 * An immutable map from non-negative safe integers to values, ascending by key. A change returns another map that
 * shares nearly all of its structure with this one, which stays as it is: keeping every version costs little. A change
 * that changes nothing returns this map.
 *
 * Made for windows of the log and for open requests: keys that lie close together, are added above and dropped below
 * for ever. Getting and changing takes a step for every factor of 32 in the *width* of the window, however large its
 * keys are, and what was dropped is not held on to.
 *
 * `undefined` cannot be a value. Keys that are not integers are in no map; {@link set} throws `RangeError` for them.
 *
 * Source: Bagwell, "Ideal Hash Trees" (2001), for nodes that store only their occupied slots; Okasaki and Gill, "Fast
 * Mergeable Integer Maps" (1998), for leaving out the nodes at which there is nothing to decide.
 */
export class IntMap<T> {
  private static readonly NOTHING: IntMap<never> = new IntMap<never>(undefined);

  private readonly root: TrieNode<T> | undefined;

  private constructor(root: TrieNode<T> | undefined) {
    this.root = root;
  }

  /** The map without keys, of which there is only one. */
  static empty<T>(): IntMap<T> {
    return IntMap.NOTHING;
  }

  /** How many keys there are. */
  get size(): number {
    return this.root === undefined ? 0 : this.root.size;
  }

  get(key: number): T | undefined {
    return this.root === undefined ? undefined : find(this.root, key);
  }

  has(key: number): boolean {
    return this.get(key) !== undefined;
  }

  /** Throws `RangeError` if `key` is not a non-negative safe integer or the value `undefined`. */
  set(key: number, value: T): IntMap<T> {
    if (!Number.isSafeInteger(key) || key < 0) {
      throw new RangeError(`${key} is not a non-negative safe integer`);
    }
    if (value === undefined) {
      throw new RangeError('undefined is not a value, it says that there is none');
    }
    return this.withRoot(this.root === undefined ? leafOf(key, value) : insert(this.root, key, value));
  }

  /**
   * As `set` for `key` and the keys that follow it, a value each, at a fraction of the price. Throws `RangeError` if one
   * of the keys is not a non-negative safe integer or one of the values `undefined`.
   */
  setRun(key: number, values: readonly T[]): IntMap<T> {
    if (!Number.isSafeInteger(key) || key < 0 || !Number.isSafeInteger(key + values.length)) {
      throw new RangeError(`from ${key} on there are no ${values.length} non-negative safe integers`);
    }
    if (values.includes(undefined as T)) {
      throw new RangeError('undefined is not a value, it says that there is none');
    }
    let { root } = this;
    for (let start = 0; start < values.length; ) {
      const at = key + start;
      const end = Math.min(values.length, start + 32 - (at % 32));
      root = root === undefined ? leafOfRun(at, values, start, end) : insertRun(root, at, values, start, end);
      start = end;
    }
    return this.withRoot(root);
  }

  delete(key: number): IntMap<T> {
    return this.root === undefined ? this : this.withRoot(remove(this.root, key));
  }

  /** Without all keys below `key`. */
  deleteBelow(key: number): IntMap<T> {
    return this.root === undefined ? this : this.withRoot(keepFrom(this.root, key));
  }

  /** Without `key` and all keys above it. */
  deleteFrom(key: number): IntMap<T> {
    return this.root === undefined ? this : this.withRoot(keepBelow(this.root, key));
  }

  /** The smallest key. */
  firstKey(): number | undefined {
    return this.root === undefined ? undefined : firstKeyOf(this.root);
  }

  /** The largest key. */
  lastKey(): number | undefined {
    return this.root === undefined ? undefined : lastKeyOf(this.root);
  }

  /** The smallest key that is not below `key`. */
  nextKey(key: number): number | undefined {
    return this.root === undefined ? undefined : nextKeyOf(this.root, key);
  }

  /** Calls `visit` with every value and its key, ascending by key. Faster than {@link entries}. */
  forEach(visit: (value: T, key: number) => void): void {
    if (this.root !== undefined) {
      visitAll(this.root, visit);
    }
  }

  /** Every key with its value, ascending by key. */
  *entries(): IterableIterator<[number, T]> {
    if (this.root !== undefined) {
      yield* entriesOf(this.root);
    }
  }

  private withRoot(root: TrieNode<T> | undefined): IntMap<T> {
    if (root === this.root) {
      return this;
    }
    return root === undefined ? IntMap.NOTHING : new IntMap<T>(root);
  }
}
