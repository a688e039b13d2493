/** The middle of the values; of an even number of them the upper one. */
export function median(values: readonly number[]): number {
  const ascending = [...values].sort((one, other) => one - other);
  const middle = ascending[Math.floor(ascending.length / 2)];
  if (middle === undefined) throw new RangeError('there is no median of nothing');
  return middle;
}
