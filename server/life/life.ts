import type { HaltCause } from '../driver/world.ts';

/** A replica that was asked to stop and has not after this long is stopped without ceremony. */
const STOP_MS_MAX = 5_000;

/** From running to stopped. */
export class Life {
  readonly ended: Promise<HaltCause | 'late'>;
  #end: (cause: HaltCause | 'late') => void = () => undefined;
  #stopping = false;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  halted(cause: HaltCause): void {
    this.#end(cause);
  }

  /** False when it was begun before. */
  beginToStop(): boolean {
    if (this.#stopping) return false;
    this.#stopping = true;
    setTimeout(() => this.#end('late'), STOP_MS_MAX).unref();
    return true;
  }
}
