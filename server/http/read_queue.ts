import type { Call } from './call.ts';

/**
 * Lets so many reads be under way at once and the others wait in order, a bounded number of them. A read may bring
 * megabytes from the disk: a crowd of readers must neither fill the memory nor stand before what followers need.
 */
export class ReadQueue {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(runningMax: number, waitingMax: number) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** Resolves when a read may begin, with what to call when it is done; undefined: too many wait, or the client has gone. */
  async turn(call: Pick<Call, 'onGone'>): Promise<(() => void) | undefined> {
    if (this.#running < this.#runningMax) this.#running += 1;
    else if (this.#waiting.size >= this.#waitingMax || !(await this.#wait(call))) return undefined;
    return () => {
      // Whoever is next takes over this place, so that no newcomer slips in between.
      const [next] = this.#waiting;
      if (next === undefined) this.#running -= 1;
      else next();
    };
  }

  /** Resolves when its turn has come, with true, or when the client has gone, with false. */
  #wait(call: Pick<Call, 'onGone'>): Promise<boolean> {
    return new Promise((resolve) => {
      const begin = (): void => {
        this.#waiting.delete(begin);
        resolve(true);
      };
      this.#waiting.add(begin);
      call.onGone(() => {
        if (this.#waiting.delete(begin)) resolve(false);
      });
    });
  }
}
