import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSeeds, parseShard, seedsOf } from './fuzz_shard.ts';

describe('shards', () => {
  it('share the seeds, whether machines are numbered from 0 or from 1', () => {
    const campaign = fc.tuple(fc.nat({ max: 1_000 }), fc.nat({ max: 200 }), fc.integer({ min: 1, max: 20 }), fc.nat(1));
    fc.assert(
      fc.property(campaign, ([from, count, of, first]) => {
        const shards = Array.from({ length: of }, (_, machine) => parseShard(`${machine + first}/${of}`));
        const seeds = shards.map((shard) => [...seedsOf(shard, from, count)]);
        expect(seeds.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, nth) => from + nth));
        shards.forEach((shard, machine) => {
          expect(countSeeds(shard, from, count)).toBe(seeds[machine]?.length);
          expect(seeds[machine]?.every((seed) => seed % of === shard.index)).toBe(true);
        });
      }),
    );
  });
});
