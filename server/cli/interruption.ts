import type { Terminal } from './terminal.ts';

/** After the first Ctrl-C, what is on its way may still arrive for so long. */
const LAST_ANSWERS_MS = 5_000;

/**
 * What Ctrl-C does: at once when nothing is under way; otherwise the first asks for an end (`wanted`), the second, or five
 * seconds, forces it (`signal`).
 */
export class Interruption {
  /** Begin nothing new. */
  wanted = false;
  readonly #terminal: Terminal;
  readonly #force = new AbortController();
  readonly #stopListening: () => void;
  #underWay = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#stopListening = terminal.onInterrupt(() => this.#interrupt());
  }

  /** Fires when everything is to end now. */
  get signal(): AbortSignal {
    return this.#force.signal;
  }

  /** From now on there is something worth waiting for. */
  underWay(): void {
    this.#underWay = true;
  }

  /** Ctrl-C ends the process again. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #interrupt(): void {
    if (this.wanted || !this.#underWay) {
      this.wanted = true;
      this.#force.abort();
      return;
    }
    this.wanted = true;
    this.#terminal.err('Stopping after the records that are on their way. Ctrl-C again stops at once.');
    this.#timer = setTimeout(() => this.#force.abort(), LAST_ANSWERS_MS);
  }
}
