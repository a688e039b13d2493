import type { Arbitrary } from 'fast-check';

/**
 * What a part of a scenario may be. One description serves all who need to know it: the reader of scenario files, the
 * shrinker, and the fast-check arbitraries; so a new field or kind of fault is described once, and does not compile
 * until it is.
 */
export interface Shape<T> {
  /** What it is where nothing is out of the ordinary. A file may leave it out then. */
  readonly calm?: T;
  /**
   * What `found`, some parsed JSON at `path`, means.
   *
   * @throws ScenarioProblem when it is none of these.
   */
  read(found: unknown, path: string): T;
  /**
   * Offers simpler values to `attempt`, which says whether one will do, and returns the simplest that did.
   * Deterministic: what it offers depends on the value and the replies only.
   */
  simplify(value: T, attempt: Attempt<T>): T;
  /** Draws such values; they shrink towards calm ones. */
  arbitrary(): Arbitrary<T>;
}

export type Attempt<T> = (candidate: T) => boolean;
