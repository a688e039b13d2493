import { describe, expect, it } from 'vitest';
import { NodeClock } from './clock.ts';

describe('NodeClock', () => {
  it('shows an offset, a drift and coarse steps', () => {
    const clock = new NodeClock({ offsetMs: 1000, driftPpm: 100_000, granularityMs: 10 });
    expect(clock.read(0)).toBe(1000);
    expect(clock.read(100)).toBe(1110);
    expect(clock.read(104)).toBe(1110);
  });

  it('knows when in the world it will show a deadline', () => {
    const clock = new NodeClock({ offsetMs: -70, driftPpm: -50_000, granularityMs: 15 });
    const at = clock.worldTimeOf(200, 3);
    expect(clock.read(at + 1e-6)).toBeGreaterThanOrEqual(200);
    expect(clock.read(at - 0.1)).toBeLessThan(200);
  });

  it('stands still while it is frozen, and goes on from there', () => {
    const clock = new NodeClock({ offsetMs: 10, driftPpm: 500_000, granularityMs: 0 });
    clock.freeze(100);
    expect(clock.read(100)).toBe(160);
    clock.freeze(150);
    clock.step(5);
    expect(clock.read(400)).toBe(165);
    clock.thaw(400);
    expect(clock.read(400)).toBe(165);
    expect(clock.read(500)).toBe(315);
    clock.thaw(600);
    expect(clock.read(500)).toBe(315);
  });

  it('is set back and forth', () => {
    const clock = new NodeClock({ offsetMs: 0, driftPpm: 0, granularityMs: 0 });
    clock.step(-500);
    expect(clock.read(600)).toBe(100);
    expect(clock.worldTimeOf(200, 600)).toBe(700);
  });
});
