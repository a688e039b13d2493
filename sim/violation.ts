/** A property does not hold. The run ends here. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** Which property, as a short stable word: `election safety`, `durable promises` … */
  readonly property: string;

  constructor(property: string, sentence: string) {
    super(sentence);
    this.property = property;
  }
}

/** Throws a `Violation` unless the property holds. */
export function requireThat(holds: boolean, property: string, sentence: () => string): void {
  if (!holds) throw new Violation(property, sentence());
}
