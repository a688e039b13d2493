import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../bytes/hex.ts';
import { someGeneration, someHexId, someLsn, someText, someU32, someU48 } from '../../testing/arbitraries.ts';
import { decodeDoubled } from '../doubled.ts';
import { decodeIdentityFile, encodeIdentityFile } from './identity_file.ts';
import { decodeManifest, encodeManifest } from './manifest_file.ts';
import { decodeTermFile, encodeTermFile, NOTHING_NOTED } from './term_file.ts';

const someSpan = fc.record({ term: someU48, firstIndex: someU48 });
const someRow = fc.record({
  firstIndex: someU48,
  lastIndex: someU48,
  framesLsn: someLsn,
  framesBytes: someU32,
  lastLsn: someLsn,
  generation: someGeneration,
  recordCount: someU48,
  termSpans: fc.array(someSpan, { maxLength: 3 }),
});
const someMark = fc.record({
  replicaId: someText,
  boot: someU48,
  session: someU48,
  term: someU48,
  acknowledgedIndex: someU48,
});

const payloadOf = (kind: 'identity' | 'termAndVote' | 'manifest', file: Uint8Array): string =>
  toHex(decodeDoubled(kind, file) ?? new Uint8Array(0));

describe('the identity file', () => {
  it('has the published bytes', () => {
    const incarnation = '000102030405060708090a0b0c0d0e0f';
    const clusterId = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff';
    const unfounded = { replicaId: 'r1', incarnation, boot: 258, sessions: [1, 2 ** 40], clusterId: undefined };
    const sessions = '0200' + '010000000000' + '000000000001';
    expect(payloadOf('identity', encodeIdentityFile(unfounded))).toBe(
      `02007231${incarnation}02010000000000${sessions}`,
    );
    expect(payloadOf('identity', encodeIdentityFile({ ...unfounded, clusterId }))).toBe(
      `02007231${incarnation}02010000000001${clusterId}${sessions}`,
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(
        someText,
        someHexId,
        someU48,
        fc.array(someU48, { maxLength: 5 }),
        fc.option(someHexId, { nil: undefined }),
        (replicaId, incarnation, boot, sessions, clusterId) => {
          const identity = { replicaId, incarnation, boot, sessions, clusterId };
          expect(decodeIdentityFile(encodeIdentityFile(identity))).toEqual(identity);
        },
      ),
    );
    expect(decodeIdentityFile(new Uint8Array(5000))).toBeUndefined();
  });
});

describe('the term-and-vote file', () => {
  it('has the published bytes', () => {
    const marks = [{ replicaId: 'b', boot: 2, session: 3, term: 4, acknowledgedIndex: 5 }];
    expect(
      payloadOf('termAndVote', encodeTermFile({ term: 9, votedFor: 'ab', marks, synced: { index: 6, term: 7 } })),
    ).toBe(
      [
        '090000000000',
        '02006162',
        '0100',
        '010062',
        '020000000000',
        '030000000000',
        '040000000000',
        '050000000000',
        '060000000000',
        '070000000000',
      ].join(''),
    );
    const empty = { term: 0, votedFor: undefined, marks: [], synced: NOTHING_NOTED };
    expect(payloadOf('termAndVote', encodeTermFile(empty))).toBe('00000000000000000000' + '000000000000000000000000');
  });

  it('comes back as it was', () => {
    const someVote = fc.option(
      someText.filter((text) => text !== ''),
      { nil: undefined },
    );
    fc.assert(
      fc.property(someU48, someVote, fc.array(someMark, { maxLength: 4 }), someSpan, (term, votedFor, marks, span) => {
        const file = { term, votedFor, marks, synced: { index: span.firstIndex, term: span.term } };
        expect(decodeTermFile(encodeTermFile(file))).toEqual(file);
      }),
    );
    expect(decodeTermFile(new Uint8Array(5000))).toBeUndefined();
  });
});

describe('a manifest file', () => {
  it('has the published bytes', () => {
    const row = {
      firstIndex: 1,
      lastIndex: 2,
      framesLsn: 3n,
      framesBytes: 4,
      lastLsn: 5n,
      generation: 6,
      recordCount: 7,
      termSpans: [{ term: 8, firstIndex: 9 }],
    };
    expect(payloadOf('manifest', encodeManifest([row]))).toBe(
      [
        '01000000',
        '010000000000',
        '020000000000',
        '0300000000000000',
        '0500000000000000',
        '070000000000',
        '04000000',
        '0600000000000000',
        '0100',
        '080000000000',
        '090000000000',
      ].join(''),
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(someRow, { maxLength: 5 }), (rows) => {
        expect(decodeManifest(encodeManifest(rows))).toEqual(rows);
      }),
    );
    expect(decodeManifest(new Uint8Array(5000))).toBeUndefined();
  });
});
