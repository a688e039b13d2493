import type { DiskEffect, Effect, Millis, Observation, PeerUrl } from '../../engine/index.ts';
import type { DiskOutcome } from '../disk/disk.ts';

export type HaltCause = Extract<Effect, { kind: 'halt' }>['cause'];

/** Everything the driver does to the world outside: the real one in `serve.ts`, a recorded one in tests. */
export interface World {
  /** A clock that never steps back, in whole milliseconds since any instant. */
  nowMs(): Millis;
  /** Calls `fire` once after `delayMs`; the result cancels it. */
  setTimer(delayMs: Millis, fire: () => void): () => void;
  /** Calls `run` when everything that has arrived by now was delivered; no sooner than that, and no later. */
  endOfTurn(run: () => void): void;
  /** May lose the message. */
  send(to: PeerUrl, bytes: Uint8Array): void;
  runDisk(effect: DiskEffect, done: (outcome: DiskOutcome) => void): void;
  observe(observation: Observation): void;
  /** The engine does nothing any more. */
  halted(cause: HaltCause, sentence: string): void;
  /** `step` threw: a bug, after which the state cannot be trusted. The driver has stopped. */
  crashed(error: unknown): void;
}
