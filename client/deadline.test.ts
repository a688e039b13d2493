import { expect, it } from 'vitest';
import { Deadline } from './deadline.ts';

it('counts down, never below zero, and begins again on progress', () => {
  let now = 1_000;
  const deadline = new Deadline(500, () => now);
  expect(deadline.leftMs).toBe(500);
  now += 499;
  expect(deadline.leftMs).toBe(1);
  now += 2;
  expect(deadline.leftMs).toBe(0);
  deadline.restart();
  expect(deadline.leftMs).toBe(500);
});
