import { expect, test } from 'vitest';
import { DeadlineTimer } from './deadline_timer.ts';

/** A clock that the test moves, and the timers set on it. */
function fakeClock() {
  let now = 0;
  const timers = new Set<{ at: number; fire: () => void }>();
  let set = 0;
  return {
    nowMs: () => now,
    setTimer(delayMs: number, fire: () => void) {
      const timer = { at: now + delayMs, fire };
      timers.add(timer);
      set++;
      return () => timers.delete(timer);
    },
    moveTo(at: number) {
      now = at;
      for (const timer of [...timers]) {
        if (timer.at > at) continue;
        timers.delete(timer);
        timer.fire();
      }
    },
    get pending() {
      return timers.size;
    },
    get set() {
      return set;
    },
  };
}

function armed() {
  const clock = fakeClock();
  const due: number[] = [];
  const timer = new DeadlineTimer(clock, () => due.push(clock.nowMs()));
  return { clock, due, timer };
}

test('is due at the deadline', () => {
  const { clock, due, timer } = armed();
  timer.arm(100);
  clock.moveTo(99);
  expect(due).toEqual([]);
  clock.moveTo(100);
  expect(due).toEqual([100]);
});

test('a deadline that moves away costs no timer until the earlier instant', () => {
  const { clock, due, timer } = armed();
  timer.arm(100);
  for (let deadline = 101; deadline < 200; deadline++) timer.arm(deadline);
  expect(clock.set).toBe(1);
  clock.moveTo(150);
  expect(due).toEqual([]);
  expect(clock.set).toBe(2);
  clock.moveTo(199);
  expect(due).toEqual([199]);
});

test('a deadline that comes nearer replaces the timer', () => {
  const { clock, due, timer } = armed();
  timer.arm(100);
  timer.arm(50);
  expect(clock.pending).toBe(1);
  clock.moveTo(50);
  expect(due).toEqual([50]);
});

test('nothing is due without a deadline, nor after cancelling', () => {
  const { clock, due, timer } = armed();
  timer.arm(100);
  timer.arm(null);
  clock.moveTo(100);
  timer.arm(200);
  timer.cancel();
  clock.moveTo(300);
  expect(due).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('a deadline in the past, or weeks away, is a delay that timers take', () => {
  const { clock, due, timer } = armed();
  clock.moveTo(10);
  timer.arm(5);
  clock.moveTo(10);
  expect(due).toEqual([10]);
  timer.arm(1e12);
  clock.moveTo(2 ** 31 + 10);
  expect(due).toEqual([10]);
  clock.moveTo(1e12);
  expect(due).toEqual([10, 1e12]);
});
