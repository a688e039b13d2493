import { describe, expect, it } from 'vitest';
import { EventQueue } from './event_queue.ts';
import { Random } from './random.ts';

describe('EventQueue', () => {
  it('runs by time, and by order of scheduling at the same time', () => {
    const queue = new EventQueue();
    const random = new Random('queue');
    const expected: { at: number; name: number }[] = [];
    const happened: number[] = [];
    for (let name = 0; name < 2000; name++) {
      const at = random.integer(0, 50);
      expected.push({ at, name });
      queue.at(at, () => happened.push(name));
    }
    while (queue.runNext(100));
    expected.sort((a, b) => a.at - b.at || a.name - b.name);
    expect(happened).toEqual(expected.map(({ name }) => name));
    expect(queue.nowMs).toBe(100);
  });

  it('does not run what was cancelled, nor what lies beyond', () => {
    const queue = new EventQueue();
    const happened: string[] = [];
    const entry = queue.at(1, () => happened.push('cancelled'));
    queue.at(2, () => happened.push('due'));
    queue.at(3, () => happened.push('later'));
    entry.cancelled = true;
    while (queue.runNext(2));
    expect(happened).toEqual(['due']);
    expect(queue.nowMs).toBe(2);
  });

  it('never goes back in time', () => {
    const queue = new EventQueue();
    const times: number[] = [];
    queue.at(5, () => queue.at(1, () => times.push(queue.nowMs)));
    while (queue.runNext(10));
    expect(times).toEqual([5]);
  });
});
