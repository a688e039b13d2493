import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noRoomFor } from './answer_bounds.ts';
import { ByteBudget } from './byte_budget.ts';

const LARGE = 100_000;
class Outgoing extends EventEmitter {
  closed = false;
  readonly destroy = vi.fn<() => void>(() => void this.emit('close'));
}
const outgoing = () => new Outgoing() as Outgoing & ServerResponse;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('large answers that wait for their readers share a budget, and give it back', () => {
  const budget = new ByteBudget(150_000);
  const first = outgoing();
  expect(noRoomFor(LARGE, budget, first)).toBeUndefined();
  const refused = noRoomFor(LARGE, budget, outgoing());
  expect([refused?.status, refused?.headers]).toEqual([429, { 'retry-after': '1' }]);
  expect(noRoomFor(60_000, budget, outgoing())).toBeUndefined();
  first.emit('close');
  expect(noRoomFor(LARGE, budget, outgoing())).toBeUndefined();
});

test('a reader that takes too long is cut off', () => {
  const budget = new ByteBudget(150_000);
  const slow = outgoing();
  noRoomFor(LARGE, budget, slow);
  vi.advanceTimersByTime(10_499);
  expect(slow.destroy).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2);
  expect(slow.destroy).toHaveBeenCalledOnce();
  expect(budget.take(150_000)).toBe(true);
});

test('nothing is taken for a client that has gone', () => {
  const budget = new ByteBudget(100_000);
  noRoomFor(LARGE, budget, Object.assign(outgoing(), { closed: true }));
  expect(budget.take(100_000)).toBe(true);
});
