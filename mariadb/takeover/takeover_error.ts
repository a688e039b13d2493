/** A take-over that cannot go on; `message` says why, and what to do. It can be repeated. */
export class TakeoverError extends Error {
  override readonly name = 'TakeoverError';
}
