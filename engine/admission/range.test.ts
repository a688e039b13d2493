import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../bytes/crc32c.ts';
import { framesFile } from '../journal/names.ts';
import { fraction } from '../testing/fraction.ts';
import { type LoneNode, seededChance } from '../testing/lone_node.ts';
import { makeHole } from '../testing/make_hole.ts';
import { ask, commit, nodeWith, type Piece, somePieces } from '../testing/stored_log.ts';
import type { Answer, RangeQuery } from '../vocabulary/requests.ts';
import { LSN_MAX } from '../vocabulary/units.ts';

type RangeAnswer = Extract<Answer, { kind: 'range' }>;

function askForRange(node: LoneNode, query: Omit<RangeQuery, 'kind'>): RangeAnswer {
  const answer = ask(node, { kind: 'range', ...query });
  if (answer.kind !== 'range') throw new Error(`answered ${answer.kind}`);
  return answer;
}

const EVERYTHING = { from: 1n, through: LSN_MAX, countMax: 1_000, bytesMax: 1e9 };

describe('a range of records', () => {
  it('is what a filter of the committed log gives, page by page, from memory and from the disk', () => {
    fc.assert(
      fc.property(
        somePieces,
        fc.record({
          synced: fraction(),
          committed: fraction(),
          segmentBytes: fc.constantFrom(0, 500, 100_000),
          tailEntriesMax: fc.constantFrom(1, 10, 1_000),
          from: fraction(1.1),
          length: fraction().map((part) => part - 0.05),
          countMax: fc.constantFrom(1, 7, 50, 1_000),
          bytesMax: fc.constantFrom(0, 100, 1e9),
        }),
        (pieces, drawn) => {
          const { segmentBytes, tailEntriesMax, countMax, bytesMax } = drawn;
          const synced = Math.round(drawn.synced * pieces.length);
          const { node, entries } = nodeWith(pieces, synced, segmentBytes, tailEntriesMax);
          const before = node.state.journal.lastIndex - entries.length;
          const committed = before + Math.round(drawn.committed * entries.length);
          commit(node, committed);
          const last = Number(entries.at(-1)?.lsn ?? 0n);
          const begin = BigInt(1 + Math.floor(drawn.from * last));
          const through = begin + BigInt(Math.floor(drawn.length * last));
          const wanted = entries.filter(
            ({ index, kind, lsn }) => index <= committed && kind === 'record' && lsn >= begin && lsn <= through,
          );
          const found: bigint[] = [];
          let from = begin;
          for (;;) {
            const page = askForRange(node, { from, through, countMax, bytesMax });
            expect(page.records.length).toBeLessThanOrEqual(countMax);
            for (const { lsn, data, spaceId } of page.records) {
              const entry = wanted[found.length];
              expect({ lsn, spaceId }).toEqual({ lsn: entry?.lsn, spaceId: entry?.spaceId });
              expect(crc32c(data)).toBe(entry?.checksum);
              found.push(lsn);
            }
            expect(page.next).toBe(found.length === 0 ? from : (found.at(-1) ?? 0n) + 1n);
            if (!page.more) break;
            expect(page.records.length).toBeGreaterThan(0);
            from = page.next ?? 0n;
          }
          expect(found.length).toBe(wanted.length);
          expect(node.state.journal.reads.size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('shows a hole as damage, and no record behind it before the reader knows', () => {
    const pieces: Piece[] = Array.from({ length: 30 }, () => ({ gap: 1, bytes: 10 }));
    const { node, entries } = nodeWith(pieces, 30, 100_000, 1_000);
    const [tenth] = entries.slice(9);
    if (tenth === undefined) throw new Error('no tenth record');
    commit(node, tenth.index + 5);
    makeHole(node, tenth.index);
    const page = askForRange(node, EVERYTHING);
    expect(page.records.map(({ lsn }) => lsn)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect([page.more, page.next]).toEqual([true, 10n]);
    expect(ask(node, { kind: 'range', ...EVERYTHING, from: 10n }).kind).toBe('damaged');
    expect(askForRange(node, { ...EVERYTHING, from: 11n }).records).toHaveLength(5);
  });

  it('ends before a record that is damaged on the disk', () => {
    const pieces: Piece[] = Array.from({ length: 200 }, () => ({ gap: 1, bytes: 10 }));
    const { node, entries } = nodeWith(pieces, 200, 100_000, 1);
    commit(node, entries.at(-1)?.index ?? 0);
    const [name, bytes] = [...node.disk.platter()].find(([file]) => file === framesFile(1n)) ?? [];
    if (name === undefined || bytes === undefined) throw new Error('no file of frames');
    // Inside the data of the record with LSN 100: every frame has the same length.
    const frameBytes = entries[0]?.body.length ?? 0;
    const turned = bytes.slice();
    turned[99 * frameBytes + 15] = (turned[99 * frameBytes + 15] ?? 0) ^ 0xff;
    node.disk.place(name, turned);
    const page = askForRange(node, EVERYTHING);
    expect([page.records.length, page.more, page.next]).toEqual([99, true, 100n]);
    expect(ask(node, { kind: 'range', ...EVERYTHING, from: 100n }).kind).toBe('damaged');
    expect(askForRange(node, { ...EVERYTHING, from: 101n }).records).toHaveLength(100);
  });

  it('is not read on for when nobody waits any more', () => {
    const pieces: Piece[] = Array.from({ length: 300 }, () => ({ gap: 1, bytes: 10 }));
    const { node, entries } = nodeWith(pieces, 300, 100_000, 1);
    commit(node, entries.at(-1)?.index ?? 0);
    const query: RangeQuery = { kind: 'range', ...EVERYTHING };
    node.take({ kind: 'read', now: 0, request: 7, query, consistency: 'local' });
    const chance = seededChance(1);
    for (let turn = 0; turn < 3; turn++) node.work(chance);
    node.take({ kind: 'cancel', now: 0, request: 7 });
    let left = 0;
    while (node.work(chance)) left += 1;
    expect(left).toBeLessThanOrEqual(2);
    expect(node.answers).toEqual([]);
  });
});
