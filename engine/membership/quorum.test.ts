import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from './configuration.ts';
import { majoritySize, simpleConfiguration } from './configuration.ts';
import { hasQuorum, quorumIndex, voteResult } from './quorum.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** Every subset of `items`, by counting in binary. */
function subsets(items: readonly string[]): string[][] {
  return Array.from({ length: 2 ** items.length }, (_, mask) => items.filter((_, bit) => (mask >> bit) & 1));
}

/** Every way to give each of `count` voters one of `choices`. */
function assignments<T>(count: number, choices: readonly T[]): T[][] {
  if (count === 0) {
    return [[]];
  }
  return assignments(count - 1, choices).flatMap((rest) => choices.map((choice) => [...rest, choice]));
}

/** The definition of a majority: more than half. */
function moreThanHalf(voters: readonly string[], of: readonly string[]): boolean {
  return 2 * voters.filter((id) => of.includes(id)).length > voters.length;
}

function isQuorumTwin({ voters, outgoing }: Configuration, of: readonly string[]): boolean {
  return moreThanHalf(voters, of) && (outgoing.length === 0 || moreThanHalf(outgoing, of));
}

/** By enumeration: won if a quorum has granted it, lost if no outcome of the open votes would still make one. */
function voteResultTwin(configuration: Configuration, votes: ReadonlyMap<string, boolean>): string {
  const everyone = [...new Set([...configuration.voters, ...configuration.outgoing])];
  const granted = everyone.filter((id) => votes.get(id) === true);
  if (isQuorumTwin(configuration, granted)) {
    return 'won';
  }
  const open = everyone.filter((id) => !votes.has(id));
  return subsets(open).some((more) => isQuorumTwin(configuration, [...granted, ...more])) ? 'pending' : 'lost';
}

/** By trial: the largest index that a quorum has. */
function quorumIndexTwin(configuration: Configuration, matches: ReadonlyMap<string, number>): number {
  const reached = (index: number) => IDS.filter((id) => (matches.get(id) ?? 0) >= index);
  const candidates = [0, ...matches.values()].filter((index) => isQuorumTwin(configuration, reached(index)));
  return Math.max(...candidates);
}

const someVoters = fc.subarray(IDS, { minLength: 1 });
const anyConfiguration: fc.Arbitrary<Configuration> = fc.record({
  voters: someVoters,
  outgoing: fc.oneof(fc.constant([]), someVoters),
  learners: fc.constant(['z']),
});

describe('majoritySize', () => {
  it('is the smallest number above one half', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(majoritySize)).toEqual([1, 2, 2, 3, 3, 4, 4]);
  });

  it('makes any two majorities of the same one to seven voters intersect', () => {
    for (let count = 1; count <= IDS.length; count++) {
      const configuration = simpleConfiguration(IDS.slice(0, count));
      const quorums = subsets(configuration.voters).filter((some) =>
        hasQuorum(configuration, (id) => some.includes(id)),
      );
      expect(quorums.length).toBeGreaterThan(0);
      for (const one of quorums) {
        expect(one.length).toBeGreaterThanOrEqual(majoritySize(count));
        expect(quorums.every((other) => other.some((id) => one.includes(id)))).toBe(true);
      }
    }
  });

  it('makes a quorum of a joint configuration intersect every majority of either half (Ongaro §4.3)', () => {
    for (const voters of subsets(IDS.slice(0, 5)).filter((some) => some.length > 0)) {
      for (const outgoing of [['a'], ['a', 'b', 'c'], ['b', 'c', 'd', 'e']]) {
        const joint = { voters, outgoing, learners: [] };
        const quorums = subsets(IDS.slice(0, 5)).filter((some) => hasQuorum(joint, (id) => some.includes(id)));
        for (const half of [voters, outgoing]) {
          const majorities = subsets(half).filter((some) => moreThanHalf(half, some));
          expect(quorums.every((one) => majorities.every((other) => other.some((id) => one.includes(id))))).toBe(true);
        }
      }
    }
  });
});

describe('voteResult', () => {
  it('agrees with the enumeration for every vote of one to seven voters', () => {
    for (let count = 1; count <= IDS.length; count++) {
      const configuration = simpleConfiguration(IDS.slice(0, count));
      for (const answers of assignments<boolean | undefined>(count, [true, false, undefined])) {
        const granted = answers.filter((answer) => answer === true).length;
        const refused = answers.filter((answer) => answer === false).length;
        const expected = 2 * granted > count ? 'won' : 2 * refused >= count ? 'lost' : 'pending';
        const actual = voteResult(configuration, (id) => answers[IDS.indexOf(id)]);
        if (actual !== expected) {
          expect.fail(`${answers.join(' ')}: ${actual} instead of ${expected}`);
        }
      }
    }
  });

  it('agrees with the enumeration for every vote in every joint configuration of up to four replicas', () => {
    const four = IDS.slice(0, 4);
    const halves = subsets(four).filter((some) => some.length > 0);
    const everyVote = assignments<boolean | undefined>(four.length, [true, false, undefined]);
    for (const voters of halves) {
      for (const outgoing of halves) {
        const configuration = { voters, outgoing, learners: [] };
        for (const answers of everyVote) {
          const votes = new Map<string, boolean>();
          answers.forEach((answer, at) => answer !== undefined && votes.set(IDS[at] ?? '', answer));
          const actual = voteResult(configuration, (id) => votes.get(id));
          const expected = voteResultTwin(configuration, votes);
          if (actual !== expected) {
            expect.fail(`${voters} from ${outgoing}, ${answers.join(' ')}: ${actual} instead of ${expected}`);
          }
        }
      }
    }
  });

  it('agrees with the enumeration for larger joint configurations', () => {
    const someVotes = fc.array(fc.tuple(fc.constantFrom(...IDS), fc.boolean())).map((votes) => new Map(votes));
    fc.assert(
      fc.property(anyConfiguration, someVotes, (configuration, votes) => {
        expect(voteResult(configuration, (id) => votes.get(id))).toBe(voteResultTwin(configuration, votes));
      }),
      { numRuns: 1000 },
    );
  });

  it('never asks a learner', () => {
    const configuration = { voters: ['a'], outgoing: ['b'], learners: ['c'] };
    const asked: string[] = [];
    voteResult(configuration, (id) => void asked.push(id));
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('hasQuorum', () => {
  it('is true exactly of a majority of each half', () => {
    fc.assert(
      fc.property(anyConfiguration, fc.subarray(IDS), (configuration, some) => {
        const expected = isQuorumTwin(configuration, some);
        expect(hasQuorum(configuration, (id) => some.includes(id))).toBe(expected);
        expect(voteResult(configuration, (id) => some.includes(id))).toBe(expected ? 'won' : 'lost');
      }),
    );
  });

  it('is never true without voters', () => {
    expect(hasQuorum(simpleConfiguration([]), () => true)).toBe(false);
    expect(quorumIndex(simpleConfiguration([]), () => 5)).toBe(0);
  });
});

describe('quorumIndex', () => {
  it('agrees with the enumeration for every order of one to seven voters (TestCommit)', () => {
    for (let count = 1; count <= IDS.length; count++) {
      const configuration = simpleConfiguration(IDS.slice(0, count));
      for (const matches of assignments(count, count < 6 ? [0, 1, 5, 9] : [0, 3, 7])) {
        const expected = [...matches].sort((left, right) => right - left)[majoritySize(count) - 1];
        const actual = quorumIndex(configuration, (id) => matches[IDS.indexOf(id)] ?? 0);
        if (actual !== expected) {
          expect.fail(`${matches.join(' ')}: ${actual} instead of ${expected}`);
        }
      }
    }
  });

  it('is the largest index that a majority of each half has', () => {
    const index = fc.oneof(fc.nat(6), fc.maxSafeInteger().map(Math.abs));
    const someMatches = fc.array(fc.tuple(fc.constantFrom(...IDS), index)).map((matches) => new Map(matches));
    fc.assert(
      fc.property(anyConfiguration, someMatches, (configuration, matches) => {
        const actual = quorumIndex(configuration, (id) => matches.get(id) ?? 0);
        expect(actual).toBe(quorumIndexTwin(configuration, matches));
      }),
      { numRuns: 1000 },
    );
  });
});
