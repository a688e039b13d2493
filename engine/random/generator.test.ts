import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Draw, Generator } from './generator.ts';
import { mixEntropy, nextBelow, nextBytes, nextUint32, seedGenerator } from './generator.ts';

function take<T>(generator: Generator, count: number, draw: (from: Generator) => Draw<T>): T[] {
  const values: T[] = [];
  let from = generator;
  for (let taken = 0; taken < count; taken++) {
    const drawn = draw(Object.freeze(from));
    values.push(drawn.value);
    from = drawn.generator;
  }
  return values;
}

/** sfc32 as PractRand writes it, in integers without bounds. */
function twin(seed: number, count: number): number[] {
  const u32 = (value: bigint) => BigInt.asUintN(32, value);
  let a = 0n;
  let b = u32(BigInt(seed));
  let c = u32(BigInt(seed) >> 32n);
  let counter = 1n;
  const next = () => {
    const result = u32(a + b + counter++);
    a = b ^ (b >> 9n);
    b = u32(c + (c << 3n));
    c = u32(((c << 21n) | (c >> 11n)) + result);
    return Number(result);
  };
  for (let round = 0; round < 12; round++) {
    next();
  }
  return Array.from({ length: count }, next);
}

const bytes = fc.uint8Array({ maxLength: 20 });

describe('Generator', () => {
  it('gives the same numbers for ever', () => {
    expect(take(seedGenerator(0), 4, nextUint32)).toEqual([1363572419, 145230303, 808754475, 4216505632]);
    expect(take(seedGenerator(42), 4, nextUint32)).toEqual([1264412219, 1947509147, 3919439299, 1251167922]);
    expect(take(seedGenerator(Number.MAX_SAFE_INTEGER), 3, nextUint32)).toEqual([3268402823, 2602357022, 3266425223]);
    const mixed = { a: 3988997758, b: 1424003104, c: 2201540046, d: 28 };
    expect(mixEntropy(seedGenerator(42), Uint8Array.of(1, 2, 3, 4, 5))).toEqual(mixed);
    expect(take(seedGenerator(42), 6, (from) => nextBelow(from, 6))).toEqual([5, 5, 1, 0, 1, 1]);
    const wide = take(seedGenerator(42), 2, (from) => nextBelow(from, 2 ** 53 - 1));
    expect(wide).toEqual([2651663216451995, 8219658122645170]);
    expect([...nextBytes(seedGenerator(42), 6).value]).toEqual([59, 102, 93, 75, 155, 161]);
  });

  it('is sfc32, seeded as PractRand does', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        expect(take(seedGenerator(seed), 20, nextUint32)).toEqual(twin(seed, 20));
      }),
    );
  });

  it('survives being written down and read back', () => {
    const before = mixEntropy(seedGenerator(7), Uint8Array.of(255));
    const after = JSON.parse(JSON.stringify(before)) as Generator;
    expect(after).toEqual(before);
    expect(take(after, 9, nextUint32)).toEqual(take(before, 9, nextUint32));
  });

  it('depends on every bit of the seed', () => {
    const states = new Set([JSON.stringify(seedGenerator(0)), JSON.stringify(seedGenerator(-1))]);
    for (let bit = 0; bit < 53; bit++) {
      states.add(JSON.stringify(seedGenerator(2 ** bit)));
      states.add(JSON.stringify(seedGenerator(-(2 ** bit))));
    }
    expect(states.size).toBe(1 + 2 * 53);
  });

  it('refuses seeds and bounds that are no such integers', () => {
    for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => seedGenerator(bad)).toThrow(RangeError);
      expect(() => nextBelow(seedGenerator(1), bad)).toThrow(RangeError);
    }
    expect(() => nextBelow(seedGenerator(1), 0)).toThrow(RangeError);
  });
});

describe('mixEntropy', () => {
  it('makes another generator of every other byte string and of every other generator', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), bytes, bytes, (seed, otherSeed, one, other) => {
        const mixed = mixEntropy(seedGenerator(seed), one);
        const same = one.length === other.length && one.every((byte, at) => byte === other[at]);
        expect(JSON.stringify(mixEntropy(seedGenerator(seed), other)) === JSON.stringify(mixed)).toBe(same);
        if (otherSeed !== seed) {
          expect(mixEntropy(seedGenerator(otherSeed), one)).not.toEqual(mixed);
        }
      }),
    );
  });

  it('tells zeros apart by their number', () => {
    const states = [0, 1, 2, 3, 4, 5, 8].map((count) => mixEntropy(seedGenerator(1), new Uint8Array(count)));
    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(7);
  });
});

describe('nextBelow', () => {
  it('stays below the bound, whatever it is', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, bound) => {
        for (const value of take(seedGenerator(seed), 20, (from) => nextBelow(from, bound))) {
          expect(Number.isSafeInteger(value) && value >= 0 && value < bound).toBe(true);
        }
      }),
    );
  });

  it('gives every value as often as the others', () => {
    for (const bound of [1, 2, 3, 6, 7, 10]) {
      const counts = Array<number>(bound).fill(0);
      const draws = 20_000;
      for (const value of take(seedGenerator(bound), draws, (from) => nextBelow(from, bound))) {
        counts[value] = (counts[value] ?? 0) + 1;
      }
      for (const count of counts) {
        expect(Math.abs(count - draws / bound)).toBeLessThan(5 * Math.sqrt(draws / bound));
      }
    }
  });

  it('has no bias towards the small where a remainder alone would have much', () => {
    // Of 2^32 numbers, remainders by 3 * 2^30 are twice as likely below 2^30 as above.
    const third = 2 ** 30;
    const draws = 9000;
    const below = take(seedGenerator(3), draws, (from) => nextBelow(from, 3 * third)).filter((value) => value < third);
    expect(Math.abs(below.length - draws / 3)).toBeLessThan(300);
    // The same beyond 32 bits: remainders of 2^53 by 3 * 2^51.
    const wide = take(seedGenerator(3), draws, (from) => nextBelow(from, 3 * 2 ** 51)).filter((v) => v < 2 ** 51);
    expect(Math.abs(wide.length - draws / 3)).toBeLessThan(300);
  });
});

describe('nextBytes', () => {
  it('is the bytes of the numbers drawn', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(40), (seed, count) => {
        const words = Uint32Array.from(take(seedGenerator(seed), Math.ceil(count / 4), nextUint32));
        const drawn = nextBytes(seedGenerator(seed), count);
        expect([...drawn.value]).toEqual([...new Uint8Array(words.buffer)].slice(0, count));
      }),
    );
  });

  it('sets each bit half the time', () => {
    const { value } = nextBytes(seedGenerator(11), 16_000);
    for (let bit = 0; bit < 8; bit++) {
      const set = value.filter((byte) => (byte >> bit) & 1).length;
      expect(Math.abs(set - 8000)).toBeLessThan(320);
    }
  });
});
