import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Interruption } from './interruption.ts';
import type { Terminal } from './terminal.ts';

let interrupt: () => void;
let listening: boolean;
let terminal: Terminal;

beforeEach(() => {
  vi.useFakeTimers();
  listening = false;
  terminal = {
    out: () => {},
    err: () => {},
    draw: undefined,
    environment: {},
    onInterrupt: (handler) => {
      listening = true;
      interrupt = handler;
      return () => void (listening = false);
    },
  };
});

afterEach(() => {
  vi.useRealTimers();
});

it('ends at once while nothing is under way', () => {
  const interruption = new Interruption(terminal);
  interrupt();
  expect([interruption.wanted, interruption.signal.aborted]).toEqual([true, true]);
});

it('first asks, then forces after five seconds', () => {
  const interruption = new Interruption(terminal);
  interruption.underWay();
  interrupt();
  expect([interruption.wanted, interruption.signal.aborted]).toEqual([true, false]);
  vi.advanceTimersByTime(4_999);
  expect(interruption.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(interruption.signal.aborted).toBe(true);
});

it('forces at the second Ctrl-C', () => {
  const interruption = new Interruption(terminal);
  interruption.underWay();
  interrupt();
  interrupt();
  expect(interruption.signal.aborted).toBe(true);
});

it('leaves Ctrl-C and time alone in the end', () => {
  const interruption = new Interruption(terminal);
  interruption.underWay();
  interrupt();
  interruption.end();
  vi.advanceTimersByTime(60_000);
  expect([listening, interruption.signal.aborted]).toEqual([false, false]);
});
