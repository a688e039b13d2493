import { describe, expect, it } from 'vitest';
import { MARKS } from '../../sim/index.ts';
import { areMarksRequired } from './fuzz_marks.ts';
import { describeProgress } from './fuzz_progress.ts';
import { Tally } from './fuzz_tally.ts';

function tallyOf(...properties: (string | undefined)[]): Tally {
  const tally = new Tally();
  properties.forEach((property, index) => {
    const failure = property === undefined ? undefined : { property, sentence: 'It broke.' };
    const marks = index === 0 ? { 'leader elected': 2 } : { 'leader elected': 1, 'vote split': 1 };
    // The last seed is done first, as happens with many workers.
    tally.add({ seed: properties.length - index, failure, virtualMs: 60_000, events: 10, marks });
  });
  return tally;
}

describe('a tally', () => {
  it('adds up runs, and orders failures by seed', () => {
    const tally = tallyOf('liveness', undefined, 'reads', 'liveness');
    expect(tally).toMatchObject({ seeds: 4, virtualMs: 240_000, events: 40 });
    expect(tally.marks).toEqual({ 'leader elected': 5, 'vote split': 3 });
    expect(tally.marksNeverReached).toHaveLength(MARKS.length - 2);
    expect(tally.failures.map(({ seed, property }) => [seed, property])).toEqual([
      [1, 'liveness'],
      [2, 'reads'],
      [4, 'liveness'],
    ]);
    expect(tally.failureOfEachProperty.map(({ seed }) => seed)).toEqual([1, 2]);
  });

  it('shows how far it is', () => {
    const marks = `${2} of ${MARKS.length} marks`;
    expect(describeProgress(tallyOf(undefined, 'reads'), 2_000, 1_000)).toBe(
      `2 of 2,000 seeds, 1 failed, 2.0/s, 16 m 39 s left, ${marks}`,
    );
  });
});

describe('marks', () => {
  const options = { replicas: undefined, mode: undefined };
  it.each([
    ['a small campaign', 60_000, options, false, false],
    ['a small campaign that is asked to', 60_000, options, true, true],
    ['a large campaign', 60_000_000, options, false, true],
    ['a large campaign of three replicas', 60_000_000, { ...options, replicas: 3 }, false, false],
    ['a large campaign within the budget only', 60_000_000, { ...options, mode: 'budget' as const }, false, false],
  ])('of %s', (_, virtualMs, its, isAsked, areRequired) => {
    expect(areMarksRequired({ virtualMs }, its, isAsked)).toBe(areRequired);
  });
});
