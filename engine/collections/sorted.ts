/**
 * Binary search in arrays that are sorted ascending. `compare(element, key)` is negative, zero or positive as the
 * element comes before, belongs to or comes after the key; it has to say so consistently along the array.
 */
export type Compare<Element, Key> = (element: Element, key: Key) => number;

/** The position of the first element that does not come before `key`; the length of the array if there is none. */
export function lowerBound<Element, Key>(array: readonly Element[], key: Key, compare: Compare<Element, Key>): number {
  let low = 0;
  let high = array.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(array[middle] as Element, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The position of the first element that comes after `key`; the length of the array if there is none. */
export function upperBound<Element, Key>(array: readonly Element[], key: Key, compare: Compare<Element, Key>): number {
  let low = 0;
  let high = array.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(array[middle] as Element, key) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The first element that belongs to `key`, or `undefined`. */
export function findSorted<Element, Key>(
  array: readonly Element[],
  key: Key,
  compare: Compare<Element, Key>,
): Element | undefined {
  const element = array[lowerBound(array, key, compare)];
  return element !== undefined && compare(element, key) === 0 ? element : undefined;
}

/** The last element that does not come after `key`, or `undefined`: the interval, segment or span that `key` is in. */
export function lastAtMost<Element, Key>(
  array: readonly Element[],
  key: Key,
  compare: Compare<Element, Key>,
): Element | undefined {
  return array[upperBound(array, key, compare) - 1];
}
