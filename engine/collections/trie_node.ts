/** log2 of the number of slots of a node. */
const SLOT_BITS = 5;
/** Up to this shift a node covers at most 2^30 keys, and bit operators, which know 32 bits only, do for its slots. */
const SMALL_SHIFT_MAX = 25;
/** `POWERS_OF_TWO[shift]`, exactly; a table because `**` is not promised to be exact. */
const POWERS_OF_TWO: readonly number[] = powersOfTwo(56);

function powersOfTwo(count: number): number[] {
  const powers: number[] = [];
  for (let power = 1; powers.length < count; power *= 2) {
    powers.push(power);
  }
  return powers;
}

const NO_CHILDREN: readonly never[] = [];

/**
 * A node of the trie behind `IntMap`: it covers 32 slots of 2^`shift` keys each, from `origin` on, a multiple of what it
 * covers. A *leaf* (`shift` 0) holds values, a *branch* holds at least two nodes, each inside one of its slots but no
 * larger than its own keys need: paths on which there is nothing to decide are left out, so that a window of 4096 keys
 * is three levels deep wherever it lies. Only occupied slots take up space; bit n of `occupied` says that slot n is.
 *
 * The shape follows from the keys alone. Nodes are never changed once they can be reached.
 */
export class TrieNode<T> {
  readonly origin: number;
  readonly shift: number;
  readonly occupied: number;
  /** How many values there are in this node and below. */
  readonly size: number;
  /** Of a leaf, ascending by slot. */
  readonly values: readonly T[];
  /** Of a branch, ascending by slot. */
  readonly children: readonly TrieNode<T>[];

  constructor(
    origin: number,
    shift: number,
    occupied: number,
    size: number,
    values: readonly T[],
    children: readonly TrieNode<T>[],
  ) {
    this.origin = origin;
    this.shift = shift;
    this.occupied = occupied;
    this.size = size;
    this.values = values;
    this.children = children;
  }
}

/** The leaf with one value. */
export function leafOf<T>(key: number, value: T): TrieNode<T> {
  const slot = key % 32;
  return new TrieNode<T>(key - slot, 0, 1 << slot, 1, [value], NO_CHILDREN);
}

/** The value at `key`, or `undefined`. */
export function find<T>(root: TrieNode<T>, key: number): T | undefined {
  let node = root;
  for (;;) {
    const slot = slotOf(node, key);
    if (slot < 0 || ((node.occupied >>> slot) & 1) === 0) {
      return undefined;
    }
    const place = placeOf(node.occupied, slot);
    if (node.shift === 0) {
      return node.values[place];
    }
    node = node.children[place] as TrieNode<T>;
  }
}

/** The node with `value` at `key`; the same node if it is there already. */
export function insert<T>(node: TrieNode<T>, key: number, value: T): TrieNode<T> {
  const slot = slotOf(node, key);
  if (slot < 0) {
    return joined(node, leafOf(key, value));
  }
  const { origin, shift, occupied } = node;
  const place = placeOf(occupied, slot);
  const isOccupied = ((occupied >>> slot) & 1) === 1;
  if (shift === 0) {
    if (!isOccupied) {
      const values = withInserted(node.values, place, value);
      return new TrieNode<T>(origin, 0, occupied | (1 << slot), node.size + 1, values, NO_CHILDREN);
    }
    if (Object.is(node.values[place], value)) {
      return node;
    }
    return new TrieNode<T>(origin, 0, occupied, node.size, withReplaced(node.values, place, value), NO_CHILDREN);
  }
  if (!isOccupied) {
    const children = withInserted(node.children, place, leafOf(key, value));
    return new TrieNode<T>(origin, shift, occupied | (1 << slot), node.size + 1, NO_CHILDREN, children);
  }
  const child = node.children[place] as TrieNode<T>;
  return withChild(node, place, child, insert(child, key, value));
}

/**
 * The node with `values` from position `start` to before `end` at `key` and the keys that follow it, all of which fall
 * into one leaf. Goes down once for all of them, unless some are there already.
 */
export function insertRun<T>(
  node: TrieNode<T>,
  key: number,
  values: readonly T[],
  start: number,
  end: number,
): TrieNode<T> {
  const slot = slotOf(node, key);
  if (slot < 0) {
    return joined(node, leafOfRun(key, values, start, end));
  }
  const { origin, shift, occupied } = node;
  if (shift === 0) {
    if (occupied >>> slot !== 0) {
      let result = node;
      for (let at = start; at < end; at++) {
        result = insert(result, key + at - start, values[at] as T);
      }
      return result;
    }
    const all = node.values.slice();
    for (let at = start; at < end; at++) {
      all.push(values[at] as T);
    }
    return new TrieNode<T>(origin, 0, occupied | runOfSlots(slot, end - start), all.length, all, NO_CHILDREN);
  }
  const place = placeOf(occupied, slot);
  if (((occupied >>> slot) & 1) === 0) {
    const children = withInserted(node.children, place, leafOfRun(key, values, start, end));
    return new TrieNode<T>(origin, shift, occupied | (1 << slot), node.size + end - start, NO_CHILDREN, children);
  }
  const child = node.children[place] as TrieNode<T>;
  return withChild(node, place, child, insertRun(child, key, values, start, end));
}

/** The leaf with a run of values, all of whose keys fall into it. */
export function leafOfRun<T>(key: number, values: readonly T[], start: number, end: number): TrieNode<T> {
  const slot = key % 32;
  const run = values.slice(start, end);
  return new TrieNode<T>(key - slot, 0, runOfSlots(slot, run.length), run.length, run, NO_CHILDREN);
}

/** The bits of `count` slots from `slot` on: 1 to 32 of them. */
function runOfSlots(slot: number, count: number): number {
  return (count === 32 ? -1 : (1 << count) - 1) << slot;
}

/** The node without the value at `key`; the same node if there is none, `undefined` if nothing is left. */
export function remove<T>(node: TrieNode<T>, key: number): TrieNode<T> | undefined {
  const slot = slotOf(node, key);
  if (slot < 0 || ((node.occupied >>> slot) & 1) === 0) {
    return node;
  }
  const place = placeOf(node.occupied, slot);
  const occupiedElsewhere = node.occupied & ~(1 << slot);
  if (node.shift === 0) {
    return leafWith(node, occupiedElsewhere, withRemoved(node.values, place));
  }
  const child = node.children[place] as TrieNode<T>;
  const changed = remove(child, key);
  if (changed !== undefined) {
    return withChild(node, place, child, changed);
  }
  return branchWith(node, occupiedElsewhere, withRemoved(node.children, place));
}

/** The node without the keys below `key`; the same node if there are none, `undefined` if nothing is left. */
export function keepFrom<T>(node: TrieNode<T>, key: number): TrieNode<T> | undefined {
  if (key <= node.origin) {
    return node;
  }
  const slot = slotOf(node, key);
  if (slot < 0) {
    return undefined;
  }
  const place = placeOf(node.occupied, slot);
  if (node.shift === 0) {
    return place === 0 ? node : leafWith(node, node.occupied & (-1 << slot), node.values.slice(place));
  }
  if (((node.occupied >>> slot) & 1) === 0) {
    return place === 0 ? node : branchWith(node, node.occupied & (-1 << slot), node.children.slice(place));
  }
  const edge = node.children[place] as TrieNode<T>;
  const kept = keepFrom(edge, key);
  if (place === 0 && kept !== undefined) {
    return withChild(node, 0, edge, kept);
  }
  // Shifting by 32 would shift by 0, so the slots above this one are those from this one on, shifted once more.
  const above = node.occupied & (-2 << slot);
  if (kept === undefined) {
    return branchWith(node, above, node.children.slice(place + 1));
  }
  return branchWith(node, above | (1 << slot), withReplaced(node.children.slice(place), 0, kept));
}

/** The node without the keys at `key` and above; the same node if there are none, `undefined` if nothing is left. */
export function keepBelow<T>(node: TrieNode<T>, key: number): TrieNode<T> | undefined {
  if (key <= node.origin) {
    return undefined;
  }
  const slot = slotOf(node, key);
  if (slot < 0) {
    return node;
  }
  const place = placeOf(node.occupied, slot);
  const below = node.occupied & ~(-1 << slot);
  if (node.shift === 0) {
    return place === node.values.length ? node : leafWith(node, below, node.values.slice(0, place));
  }
  if (((node.occupied >>> slot) & 1) === 0) {
    return place === node.children.length ? node : branchWith(node, below, node.children.slice(0, place));
  }
  const edge = node.children[place] as TrieNode<T>;
  const kept = keepBelow(edge, key);
  if (kept === undefined) {
    return branchWith(node, below, node.children.slice(0, place));
  }
  if (place === node.children.length - 1) {
    return withChild(node, place, edge, kept);
  }
  return branchWith(node, below | (1 << slot), withReplaced(node.children.slice(0, place + 1), place, kept));
}

/** The smallest key of the node. */
export function firstKeyOf<T>(root: TrieNode<T>): number {
  let node = root;
  while (node.shift !== 0) {
    node = node.children[0] as TrieNode<T>;
  }
  return node.origin + lowestSlot(node.occupied);
}

/** The largest key of the node. */
export function lastKeyOf<T>(root: TrieNode<T>): number {
  let node = root;
  while (node.shift !== 0) {
    node = node.children[node.children.length - 1] as TrieNode<T>;
  }
  return node.origin + 31 - Math.clz32(node.occupied);
}

/** The smallest key of the node that is not below `key`. */
export function nextKeyOf<T>(node: TrieNode<T>, key: number): number | undefined {
  if (key <= node.origin) {
    return firstKeyOf(node);
  }
  const slot = slotOf(node, key);
  if (slot < 0) {
    return undefined;
  }
  if (node.shift === 0) {
    const rest = node.occupied & (-1 << slot);
    return rest === 0 ? undefined : node.origin + lowestSlot(rest);
  }
  const place = placeOf(node.occupied, slot);
  if (((node.occupied >>> slot) & 1) === 0) {
    const next = node.children[place];
    return next === undefined ? undefined : firstKeyOf(next);
  }
  const inside = nextKeyOf(node.children[place] as TrieNode<T>, key);
  if (inside !== undefined) {
    return inside;
  }
  const next = node.children[place + 1];
  return next === undefined ? undefined : firstKeyOf(next);
}

/** Calls `visit` for every value, ascending by key. */
export function visitAll<T>(node: TrieNode<T>, visit: (value: T, key: number) => void): void {
  if (node.shift !== 0) {
    for (const child of node.children) {
      visitAll(child, visit);
    }
    return;
  }
  let slots = node.occupied;
  for (const value of node.values) {
    visit(value, node.origin + lowestSlot(slots));
    slots &= slots - 1;
  }
}

/** Every key of the node with its value, ascending by key. */
export function* entriesOf<T>(node: TrieNode<T>): IterableIterator<[number, T]> {
  for (const child of node.children) {
    yield* entriesOf(child);
  }
  let slots = node.occupied;
  for (const value of node.values) {
    yield [node.origin + lowestSlot(slots), value];
    slots &= slots - 1;
  }
}

/** The slot of the node that `key` falls into, -1 if the node does not cover it. */
function slotOf<T>(node: TrieNode<T>, key: number): number {
  const offset = key - node.origin;
  const shift = node.shift;
  if (shift <= SMALL_SHIFT_MAX) {
    return offset >= 0 && offset < 1 << (shift + SLOT_BITS) ? offset >>> shift : -1;
  }
  const slot = Math.floor(offset / (POWERS_OF_TWO[shift] as number));
  return slot >= 0 && slot < 32 ? slot : -1;
}

/** How many slots below `slot` are occupied: where in the array the slot is, or would be. */
function placeOf(occupied: number, slot: number): number {
  let bits = occupied & ~(-1 << slot);
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return Math.imul(bits, 0x01010101) >>> 24;
}

function lowestSlot(slots: number): number {
  return 31 - Math.clz32(slots & -slots);
}

/** The smallest branch that covers two nodes, neither of which covers the other. */
function joined<T>(one: TrieNode<T>, other: TrieNode<T>): TrieNode<T> {
  let shift = SLOT_BITS;
  let covered = POWERS_OF_TWO[shift + SLOT_BITS] as number;
  while (Math.floor(one.origin / covered) !== Math.floor(other.origin / covered)) {
    shift += SLOT_BITS;
    covered = POWERS_OF_TWO[shift + SLOT_BITS] as number;
  }
  const origin = Math.floor(one.origin / covered) * covered;
  const slotKeys = POWERS_OF_TWO[shift] as number;
  const slotOfOne = Math.floor((one.origin - origin) / slotKeys);
  const slotOfOther = Math.floor((other.origin - origin) / slotKeys);
  const children = slotOfOne < slotOfOther ? [one, other] : [other, one];
  const occupied = (1 << slotOfOne) | (1 << slotOfOther);
  return new TrieNode<T>(origin, shift, occupied, one.size + other.size, NO_CHILDREN, children);
}

/** The leaf that has those of the leaf's values which are left. */
function leafWith<T>(leaf: TrieNode<T>, occupied: number, values: readonly T[]): TrieNode<T> | undefined {
  if (values.length === 0) {
    return undefined;
  }
  return new TrieNode<T>(leaf.origin, 0, occupied, values.length, values, NO_CHILDREN);
}

/** The branch that has those of its children which are left; a single one takes its place. */
function branchWith<T>(
  branch: TrieNode<T>,
  occupied: number,
  children: readonly TrieNode<T>[],
): TrieNode<T> | undefined {
  if (children.length <= 1) {
    return children[0];
  }
  let size = 0;
  for (const child of children) {
    size += child.size;
  }
  return new TrieNode<T>(branch.origin, branch.shift, occupied, size, NO_CHILDREN, children);
}

/** The branch with `after` in the place of its child `before`. */
function withChild<T>(branch: TrieNode<T>, place: number, before: TrieNode<T>, after: TrieNode<T>): TrieNode<T> {
  if (after === before) {
    return branch;
  }
  const size = branch.size - before.size + after.size;
  const children = withReplaced(branch.children, place, after);
  return new TrieNode<T>(branch.origin, branch.shift, branch.occupied, size, NO_CHILDREN, children);
}

function withReplaced<E>(array: readonly E[], place: number, element: E): readonly E[] {
  const copy = array.slice();
  copy[place] = element;
  return copy;
}

function withInserted<E>(array: readonly E[], place: number, element: E): readonly E[] {
  const copy = array.slice();
  if (place === array.length) {
    copy.push(element);
  } else {
    copy.splice(place, 0, element);
  }
  return copy;
}

function withRemoved<E>(array: readonly E[], place: number): readonly E[] {
  const copy = array.slice();
  copy.splice(place, 1);
  return copy;
}
