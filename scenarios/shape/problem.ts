/** A scenario is not what it should be: where, why, and what to do about it. */
export class ScenarioProblem extends Error {
  override readonly name = 'ScenarioProblem';
  /** The place in the file, e.g. `faults[3].target.replica`; '' for the whole. */
  readonly path: string;

  constructor(path: string, sentence: string) {
    super(path === '' ? `The scenario ${sentence}` : `${path} ${sentence}`);
    this.path = path;
  }
}

/** How a value is shown in a sentence. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
