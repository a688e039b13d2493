import type { Call } from './call.ts';
import { problem, type Reply } from './reply.ts';

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

  /** Runs `read` when its turn has come; who has gone by then is left out. */
  async run(call: Call, read: () => Promise<Reply>): Promise<Reply> {
    if (this.#running < this.#runningMax) this.#running += 1;
    else if (this.#waiting.size >= this.#waitingMax || !(await this.#turn(call))) return tooMany();
    try {
      return await read();
    } finally {
      // Whoever is next takes over this place, so that no newcomer slips in between.
      const [next] = this.#waiting;
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** Resolves when its turn has come, with true, or when the client has gone, with false. */
  #turn(call: Call): Promise<boolean> {
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

function tooMany(): Reply {
  return problem(429, 'overloaded', 'Too many reads wait; send it again in a moment.', {}, { 'retry-after': '1' });
}
