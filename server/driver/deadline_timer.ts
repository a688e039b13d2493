import type { Millis } from '../../engine/index.ts';
import type { World } from './world.ts';

/** The longest delay a timer of Node takes, about 24 days. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * One timer for the deadline that changes with almost every event. A deadline that moves away does not touch the timer:
 * it fires at the earlier instant, finds that nothing is due, and is set anew. Under load that saves a timer an event.
 */
export class DeadlineTimer {
  readonly #clock: Pick<World, 'nowMs' | 'setTimer'>;
  readonly #due: () => void;
  #deadline: Millis | null = null;
  #firesAt: Millis | null = null;
  #cancelTimer: () => void = () => undefined;

  /** `due` is called at the deadline or later; afterwards `arm` is to be called again. */
  constructor(clock: Pick<World, 'nowMs' | 'setTimer'>, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Null: nothing is due until the next call. */
  arm(deadline: Millis | null): void {
    this.#deadline = deadline;
    if (deadline === null || (this.#firesAt !== null && this.#firesAt <= deadline)) return;
    this.#set(deadline);
  }

  cancel(): void {
    this.#deadline = null;
    this.#firesAt = null;
    this.#cancelTimer();
  }

  #set(deadline: Millis): void {
    this.#cancelTimer();
    const now = this.#clock.nowMs();
    const delay = Math.min(Math.max(deadline - now, 0), DELAY_MS_MAX);
    this.#firesAt = now + delay;
    this.#cancelTimer = this.#clock.setTimer(delay, () => this.#fired());
  }

  #fired(): void {
    this.#firesAt = null;
    if (this.#deadline === null) return;
    if (this.#clock.nowMs() >= this.#deadline) this.#due();
    else this.#set(this.#deadline);
  }
}
