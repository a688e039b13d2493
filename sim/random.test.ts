import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  it('gives the same numbers for the same name, pinned', () => {
    const random = new Random('42');
    expect([random.integer(0, 999), random.integer(0, 999), random.integer(0, 999)]).toEqual([684, 546, 845]);
  });

  it('forks by name, whatever was drawn before', () => {
    const one = new Random('seed');
    const other = new Random('seed');
    other.unit();
    expect(one.fork('network').unit()).toBe(other.fork('network').unit());
    expect(one.fork('network').unit()).not.toBe(one.fork('disk').unit());
  });

  it('draws heavy tails of about the wanted mean', () => {
    const random = new Random('tail');
    const values = Array.from({ length: 20_000 }, () => random.heavyTailed(2, 10));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(9);
    expect(mean).toBeLessThan(11);
    expect(values.every((value) => value >= 2)).toBe(true);
    expect(values.some((value) => value > 80)).toBe(true);
  });

  it('shuffles without losing anything', () => {
    const items = [1, 2, 3, 4, 5, 6];
    expect(new Random('x').shuffled(items).sort((a, b) => a - b)).toEqual(items);
  });
});
