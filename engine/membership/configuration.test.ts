import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from './configuration.ts';
import { isJoint, isMember, isVoter, members, simpleConfiguration, validateConfiguration } from './configuration.ts';

const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', ''), { maxLength: 5 });
const anyConfiguration: fc.Arbitrary<Configuration> = fc.record({ voters: ids, outgoing: ids, learners: ids });

describe('Configuration', () => {
  it('is simple with voters alone and joint with outgoing ones', () => {
    const simple = simpleConfiguration(['a', 'b']);
    expect(simple).toEqual({ voters: ['a', 'b'], outgoing: [], learners: [] });
    expect(isJoint(simple)).toBe(false);
    expect(isJoint({ ...simple, outgoing: ['a'] })).toBe(true);
  });

  it('counts the voters of both halves as voters, learners as members only', () => {
    const configuration = { voters: ['a', 'b'], outgoing: ['b', 'c'], learners: ['d'] };
    expect(['a', 'b', 'c', 'd', 'e'].map((id) => isVoter(configuration, id))).toEqual([true, true, true, false, false]);
    expect(['a', 'b', 'c', 'd', 'e'].map((id) => isMember(configuration, id))).toEqual([true, true, true, true, false]);
  });

  it('has each member once, ascending', () => {
    fc.assert(
      fc.property(anyConfiguration, (configuration) => {
        const all = members(configuration);
        for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', '']) {
          expect(all.filter((member) => member === id)).toHaveLength(isMember(configuration, id) ? 1 : 0);
        }
        expect(all).toEqual([...all].sort());
      }),
    );
  });

  it('is valid exactly if it has voters, no empty id, no duplicate in a list and nobody in two roles', () => {
    fc.assert(
      fc.property(anyConfiguration, (configuration) => {
        const { voters, outgoing, learners } = configuration;
        const valid =
          voters.length > 0 &&
          [voters, outgoing, learners].every((list) => new Set(list).size === list.length && !list.includes('')) &&
          new Set([...voters, ...outgoing, ...learners]).size ===
            new Set([...voters, ...outgoing]).size + learners.length;
        expect(validateConfiguration(configuration) === undefined).toBe(valid);
      }),
      { numRuns: 2000 },
    );
  });

  it('says in a sentence what is wrong', () => {
    const sound = simpleConfiguration(['a', 'b', 'c']);
    const problem = (change: Partial<Configuration>) => validateConfiguration({ ...sound, ...change });
    expect(problem({})).toBe(undefined);
    expect(problem({ voters: [] })).toBe('A configuration needs at least one voter.');
    expect(problem({ voters: ['a', ''] })).toBe('A replica id is never empty.');
    expect(problem({ voters: ['a', 'b', 'a'] })).toBe('Replica "a" is named twice in the same list.');
    expect(problem({ learners: ['b'] })).toBe('Replica "b" is named as a voter and as a learner.');
    expect(problem({ outgoing: ['d'], learners: ['d'] })).toBe('Replica "d" is named as a voter and as a learner.');
  });
});
