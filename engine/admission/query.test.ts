import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameData } from '../journal/frame.ts';
import { fraction } from '../testing/fraction.ts';
import { makeHole } from '../testing/make_hole.ts';
import { ask, commit, nodeWith, somePieces } from '../testing/stored_log.ts';

describe('a read of one record', () => {
  it('finds every committed record and no other, in memory and on the disk', () => {
    fc.assert(
      fc.property(
        somePieces,
        fraction(),
        fraction(),
        fc.constantFrom(0, 500, 100_000),
        fc.constantFrom(1, 10, 1_000),
        (pieces, synced, committed, segmentBytes, tailEntriesMax) => {
          const { node, entries } = nodeWith(pieces, Math.round(synced * pieces.length), segmentBytes, tailEntriesMax);
          const before = node.state.journal.lastIndex - entries.length;
          const commitIndex = before + Math.round(committed * entries.length);
          commit(node, commitIndex);
          const latestLsn = node.state.replica.commit.lsn;
          const last = entries.at(-1)?.lsn ?? 0n;
          const step = last / 20n + 1n;
          for (let lsn = 0n; lsn <= last + 2n; lsn += step) {
            const entry = entries.find((its) => its.kind === 'record' && its.lsn === lsn && its.index <= commitIndex);
            expect(ask(node, { kind: 'record', lsn })).toEqual(
              entry === undefined
                ? { kind: 'notFound', lsn, latestLsn }
                : { kind: 'record', lsn, data: frameData(entry.body), spaceId: entry.spaceId, pageNo: undefined },
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('never serves a hole, and says so', () => {
    const { node, entries } = nodeWith(
      Array.from({ length: 9 }, () => ({ gap: 2, bytes: 10 })),
      9,
      100_000,
      1_000,
    );
    const [, , third] = entries;
    if (third === undefined) throw new Error('no third record');
    commit(node, entries.at(-1)?.index ?? 0);
    makeHole(node, third.index);
    const sentence = `record ${third.lsn} is damaged on this replica: ask another one`;
    expect(ask(node, { kind: 'record', lsn: third.lsn })).toEqual({ kind: 'damaged', sentence });
    expect(ask(node, { kind: 'record', lsn: third.lsn - 1n })).toEqual({
      kind: 'notFound',
      lsn: third.lsn - 1n,
      latestLsn: 18n,
    });
  });
});
