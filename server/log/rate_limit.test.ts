import { expect, test } from 'vitest';
import { RateLimit } from './rate_limit.ts';

test('the first of each kind passes, then one per interval', () => {
  let now = 0;
  const limit = new RateLimit(1_000, () => now);
  expect([limit.passes('a'), limit.passes('a'), limit.passes('b')]).toEqual([true, false, true]);
  now = 999;
  expect(limit.passes('a')).toBe(false);
  now = 1_000;
  expect([limit.passes('a'), limit.passes('a')]).toEqual([true, false]);
});
