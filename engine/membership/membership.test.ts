import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import { toHex } from '../bytes/hex.ts';
import { someHexId, someText, someU48 } from '../testing/arbitraries.ts';
import type { Membership } from './membership.ts';
import { clusterIdOf, decodeMembership, encodeMembership, foundingMembership, memberOf } from './membership.ts';

const someMember = fc.record({ replicaId: someText, incarnation: someHexId, url: someText });
const someIds = fc.array(someText, { maxLength: 4 });
const someMembership: fc.Arbitrary<Membership> = fc.record({
  version: someU48,
  configuration: fc.record({ voters: someIds, outgoing: someIds, learners: someIds }),
  members: fc.array(someMember, { maxLength: 4 }),
});

describe('a membership', () => {
  it('has the published bytes', () => {
    const incarnation = '000102030405060708090a0b0c0d0e0f';
    const membership = {
      version: 1,
      configuration: { voters: ['a', 'b'], outgoing: ['c'], learners: [] },
      members: [{ replicaId: 'a', incarnation, url: 'u' }],
    };
    expect(toHex(encodeMembership(membership))).toBe(
      [
        '010000000000',
        '0200',
        '010061',
        '010062',
        '0100',
        '010063',
        '0000',
        '0100',
        '010061',
        incarnation,
        '010075',
      ].join(''),
    );
  });

  it('comes back as it was, and is refused when cut or followed by anything', () => {
    fc.assert(
      fc.property(someMembership, (membership) => {
        const bytes = encodeMembership(membership);
        expect(decodeMembership(bytes)).toEqual(membership);
        for (let length = 0; length < bytes.length; length++) {
          expect(() => decodeMembership(bytes.subarray(0, length))).toThrow(MalformedBytes);
        }
        const longer = new Uint8Array(bytes.length + 1);
        longer.set(bytes);
        expect(() => decodeMembership(longer)).toThrow(MalformedBytes);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the founding membership', () => {
  const someMembers = fc.uniqueArray(someMember, { selector: (one) => one.replicaId, minLength: 1, maxLength: 5 });

  it('is the same in whatever order the members are named', () => {
    fc.assert(
      fc.property(
        someMembers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(foundingMembership(shuffled)).toEqual(foundingMembership(all));
          expect(clusterIdOf(foundingMembership(shuffled))).toBe(clusterIdOf(foundingMembership(all)));
        },
      ),
    );
  });

  it('names another cluster when any directory is another', () => {
    fc.assert(
      fc.property(someMembers, someHexId, (all, incarnation) => {
        const [first, ...others] = all;
        if (first === undefined || first.incarnation === incarnation) return;
        const changed = foundingMembership([{ ...first, incarnation }, ...others]);
        expect(clusterIdOf(changed)).not.toBe(clusterIdOf(foundingMembership(all)));
        expect(memberOf(changed, first.replicaId)?.incarnation).toBe(incarnation);
        expect(memberOf(changed, `${all.map((one) => one.replicaId).join('')}-`)).toBeUndefined();
      }),
    );
  });
});
