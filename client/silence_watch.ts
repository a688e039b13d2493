/** Says so when writes are open and no answer has come for a while. */
export class SilenceWatch {
  readonly #silenceMs: number;
  readonly #onSilent: () => void;
  #openCount = 0;
  #heardMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(silenceMs: number, onSilent: () => void) {
    this.#silenceMs = silenceMs;
    this.#onSilent = onSilent;
  }

  began(): void {
    this.#openCount += 1;
    if (this.#openCount > 1) return;
    this.heard();
    this.#timer ??= setInterval(() => this.#look(), this.#silenceMs / 2);
    this.#timer.unref();
  }

  heard(): void {
    this.#heardMs = performance.now();
  }

  ended(): void {
    this.#openCount -= 1;
  }

  #look(): void {
    if (this.#openCount === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (performance.now() - this.#heardMs >= this.#silenceMs) {
      this.#onSilent();
    }
  }
}
