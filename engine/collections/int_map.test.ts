import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntMap } from './int_map.ts';

/** The naive twin: a `Map` that is copied whole for every version. */
type Twin = ReadonlyMap<number, number>;

type Change =
  | { readonly kind: 'set'; readonly key: number; readonly value: number }
  | { readonly kind: 'delete' | 'deleteBelow' | 'deleteFrom'; readonly key: number };

function changed(map: IntMap<number>, change: Change): IntMap<number> {
  return change.kind === 'set' ? map.set(change.key, change.value) : map[change.kind](change.key);
}

function twinChanged(twin: Twin, change: Change): Twin {
  const copy = new Map(twin);
  if (change.kind === 'set') {
    return copy.set(change.key, change.value);
  }
  const goes = {
    delete: (key: number) => key === change.key,
    deleteBelow: (key: number) => key < change.key,
    deleteFrom: (key: number) => key >= change.key,
  }[change.kind];
  return new Map([...copy].filter(([key]) => !goes(key)));
}

function isSame(one: Twin, other: Twin): boolean {
  return one.size === other.size && [...one].every(([key, value]) => Object.is(other.get(key), value));
}

function expectSame(map: IntMap<number>, twin: Twin, probes: readonly number[]): void {
  const sorted = [...twin].sort(([left], [right]) => left - right);
  expect([...map.entries()]).toEqual(sorted);
  const visited: [number, number][] = [];
  map.forEach((value, key) => visited.push([key, value]));
  expect(visited).toEqual(sorted);
  expect(map.size).toBe(twin.size);
  expect(map.firstKey()).toBe(sorted[0]?.[0]);
  expect(map.lastKey()).toBe(sorted.at(-1)?.[0]);
  for (const key of probes) {
    expect(map.get(key)).toBe(twin.get(key));
    expect(map.has(key)).toBe(twin.has(key));
    expect(map.nextKey(key)).toBe(sorted.find(([each]) => each >= key)?.[0]);
  }
}

/** Keys that crowd around the edges of nodes of every height, and some from anywhere. */
const edges = [0, 31, 32, 1023, 1024, 10_000_000, 2 ** 20, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 35, 2 ** 50, 2 ** 53 - 40];
const key = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...edges), fc.integer({ min: -35, max: 39 }))
      .map(([at, by]) => Math.max(0, at + by)),
  },
  { weight: 3, arbitrary: fc.nat(2000) },
  { weight: 1, arbitrary: fc.maxSafeNat() },
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('deleteBelow' as const, 'deleteFrom' as const), key }) },
);

describe('IntMap', () => {
  it('is what its twin is, in every version, also after all later changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.array(key, { maxLength: 5 }), (changes, otherKeys) => {
        const versions: { readonly map: IntMap<number>; readonly twin: Twin }[] = [];
        let map = IntMap.empty<number>();
        let twin: Twin = new Map();
        for (const each of changes) {
          const next = { map: changed(map, each), twin: twinChanged(twin, each) };
          expect(next.map === map).toBe(isSame(next.twin, twin));
          versions.push(next);
          ({ map, twin } = next);
        }
        const probes = [...otherKeys, ...changes.flatMap((each) => [each.key, each.key + 1])];
        for (const version of versions) {
          expectSame(version.map, version.twin, probes);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has a shape that follows from the keys alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 40 }), fc.array(key, { maxLength: 20 }), (keys, others) => {
        const direct = [...keys]
          .sort((left, right) => left - right)
          .reduce((map, each) => map.set(each, 1), IntMap.empty());
        let detour = [...keys, ...others].reduce((map, each) => map.set(each, 1), IntMap.empty());
        for (const each of others.filter((other) => !keys.includes(other))) {
          detour = detour.delete(each);
        }
        expect(detour).toEqual(direct);
      }),
    );
  });

  it('sets a run of keys as it sets them one by one, to the same shape', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 20 }),
        key,
        fc.array(fc.nat(3), { maxLength: 80 }),
        (changes, at, run) => {
          fc.pre(Number.isSafeInteger(at + run.length));
          const map = changes.reduce(changed, IntMap.empty<number>());
          const oneByOne = run.reduce((before, value, by) => before.set(at + by, value), map);
          const together = map.setRun(at, run);
          expect(together).toEqual(oneByOne);
          if (run.length === 0) expect(together).toBe(map);
        },
      ),
    );
  });

  it('refuses a run with a key or a value that cannot be', () => {
    const map = IntMap.empty<number | undefined>();
    for (const at of [-1, 0.5, Number.NaN, 2 ** 53 - 1]) expect(() => map.setRun(at, [1])).toThrow(RangeError);
    expect(() => map.setRun(1, [1, undefined])).toThrow(RangeError);
  });

  it('cuts at every key of a map with gaps', () => {
    const keys = [0, 1, 31, 32, 40, 64, 1000, 1023, 1024, 5000, 40_000, 2 ** 40];
    const map = keys.reduce((before, each) => before.set(each, each), IntMap.empty<number>());
    for (const at of keys.flatMap((each) => [each - 1, each, each + 1])) {
      expect([...map.deleteBelow(at).entries()].map(([each]) => each)).toEqual(keys.filter((each) => each >= at));
      expect([...map.deleteFrom(at).entries()].map(([each]) => each)).toEqual(keys.filter((each) => each < at));
      expect(map.deleteBelow(at).size + map.deleteFrom(at).size).toBe(keys.length);
    }
  });

  it('slides a window for ever with no more nodes than the window needs, and shallow ones', () => {
    const width = 4096;
    for (const start of [0, 10_000_000, 2 ** 32 - 9000, 2 ** 52]) {
      let map = IntMap.empty<number>();
      for (let step = 0; step < 3 * width; step++) {
        map = map.set(start + step, step);
        if (step >= width) {
          map = map.deleteBelow(start + step - width + 1);
          expect(map.size).toBe(width);
        }
      }
      expect(map.firstKey()).toBe(start + 2 * width);
      expect(map.lastKey()).toBe(start + 3 * width - 1);
      const { nodes, depth } = shapeOf(map);
      expect(nodes).toBeLessThan(width / 32 + width / 1024 + 6);
      expect(depth).toBeLessThanOrEqual(4);
    }
  });

  it('is one empty map', () => {
    const map = IntMap.empty<string>().set(7, 'a');
    for (const emptied of [map.delete(7), map.deleteBelow(8), map.deleteFrom(7), map.deleteFrom(0)]) {
      expect(emptied).toBe(IntMap.empty());
    }
    expect(IntMap.empty().delete(1).deleteBelow(9).deleteFrom(0)).toBe(IntMap.empty());
    expect(IntMap.empty().nextKey(0)).toBe(undefined);
  });

  it('takes any value but undefined, and tells 0 from -0', () => {
    const map = IntMap.empty<number | undefined | null>().set(1, Number.NaN).set(2, 0).set(3, null);
    expect(map.set(1, Number.NaN)).toBe(map);
    expect(map.set(2, -0).get(2)).toBe(-0);
    expect(map.has(3)).toBe(true);
    expect(() => map.set(4, undefined)).toThrow(RangeError);
  });

  it('refuses keys that are no non-negative safe integers', () => {
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      expect(() => IntMap.empty().set(bad, 1)).toThrow(RangeError);
    }
    const map = IntMap.empty<number>()
      .set(0, 1)
      .set(2 ** 53 - 1, 2);
    expect([...map.entries()]).toEqual([
      [0, 1],
      [2 ** 53 - 1, 2],
    ]);
    expect(map.get(-1)).toBe(undefined);
    expect(map.get(2 ** 53)).toBe(undefined);
    expect(map.nextKey(-5)).toBe(0);
    expect(map.deleteBelow(-5)).toBe(map);
    expect(map.deleteFrom(-5).size).toBe(0);
    expect(map.deleteBelow(Number.POSITIVE_INFINITY).size).toBe(0);
    expect(map.deleteFrom(Number.POSITIVE_INFINITY)).toBe(map);
  });
});

/** Looks inside: how many nodes there are and how many levels. */
function shapeOf(map: IntMap<number>): { nodes: number; depth: number } {
  type Inside = { readonly children: readonly Inside[] };
  const shape = (node: Inside): { nodes: number; depth: number } => {
    const below = node.children.map(shape);
    return {
      nodes: 1 + below.reduce((sum, each) => sum + each.nodes, 0),
      depth: 1 + Math.max(0, ...below.map((each) => each.depth)),
    };
  };
  return shape((map as unknown as { root: Inside }).root);
}
