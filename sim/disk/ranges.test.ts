import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { Ranges } from './ranges.ts';

describe('Ranges', () => {
  it('is the set of offsets that a naive set is', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(`ranges ${seed}`);
      const ranges = new Ranges();
      const naive = new Set<number>();
      for (let round = 0; round < 20; round++) {
        if (random.chance(0.2)) {
          const size = random.integer(0, 60);
          ranges.cutFrom(size);
          for (const offset of naive) if (offset >= size) naive.delete(offset);
        } else {
          const start = random.integer(0, 50);
          const end = start + random.integer(0, 10);
          ranges.add(start, end);
          for (let offset = start; offset < end; offset++) naive.add(offset);
        }
        const found: number[] = [];
        ranges.forEach((start, end) => {
          expect(start).toBeLessThan(end);
          for (let offset = start; offset < end; offset++) found.push(offset);
        });
        expect(found).toEqual([...naive].sort((a, b) => a - b));
        const all = Array.from({ length: 62 }, (_, offset) => offset);
        expect(all.filter((offset) => ranges.has(offset))).toEqual(found);
      }
    }
  });
});
