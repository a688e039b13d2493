/**
 * A mistake that somebody has made in a system like this one, as a small change to its source. A campaign of the
 * simulator with the mistake in place must fail: that is how the checkers are checked.
 */
export interface PlantedMistake {
  /** A short name in the words of the field. */
  readonly name: string;
  /** Where it happened, or who described it. */
  readonly source: string;
  /** The changed file, from the top of the project. */
  readonly file: string;
  /** A snippet that stands in the file exactly once … */
  readonly find: string;
  /** … and what stands there instead. */
  readonly replace: string;
}
