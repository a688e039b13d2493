import type { ServerResponse } from 'node:http';
import type { ByteBudget } from './byte_budget.ts';
import { overloaded, type Reply } from './reply.ts';

/** Answers below this size count for nothing: there are not more of them than connections. */
const SMALL_BYTES = 64 * 1024;
/** Whoever takes a large answer more slowly than this does not want it. */
const BYTES_PER_MS_MIN = 200;
const PATIENCE_MS = 10_000;

/**
 * Makes room for a large answer until it has left; where too many bytes of such wait for their readers already, says so in
 * a reply of its own. Asked before the answer is put together.
 *
 * @param outgoing undefined when a test calls the app by hand.
 */
export function noRoomFor(bytes: number, budget: ByteBudget, outgoing: ServerResponse | undefined): Reply | undefined {
  if (outgoing === undefined || outgoing.closed) return undefined;
  const release = takeRoom(bytes, budget, outgoing);
  if (release === undefined) return TOO_MUCH_WAITS;
  outgoing.once('close', release);
  return undefined;
}

export const TOO_MUCH_WAITS = overloaded('Too many large answers wait for their readers; send it again in a moment.');

/**
 * Makes room for bytes that wait for a reader, until what it returns is called; undefined: there is none. A reader that
 * does not take them in time is cut off: what waits for slow readers must not fill the memory.
 */
export function takeRoom(bytes: number, budget: ByteBudget, outgoing: ServerResponse): (() => void) | undefined {
  if (bytes < SMALL_BYTES) return () => undefined;
  if (!budget.take(bytes)) return undefined;
  const tooSlow = setTimeout(() => outgoing.destroy(), PATIENCE_MS + bytes / BYTES_PER_MS_MIN);
  tooSlow.unref();
  return () => {
    clearTimeout(tooSlow);
    budget.give(bytes);
  };
}
