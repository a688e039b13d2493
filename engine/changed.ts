/**
 * `copy` with the fields of `change`. Each part of a node's state has a function of its own that copies it field by field
 * and hands the copy to this one: `{ ...state, ...change }` would say the same and take ten to twenty times as long,
 * because up to Node 22 V8 makes a shape of its own for each spread in the source, and whoever reads such objects meets
 * all of those shapes. These functions give a state one shape, however it came about; the compiler sees to it that they
 * forget no field.
 */
export function changed<State extends object>(copy: State, change: Partial<State>): State {
  return Object.assign(copy, change);
}
