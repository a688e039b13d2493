import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../bytes/crc32c.ts';
import { changeJournal } from '../draft.ts';
import type { LogEntry } from '../journal/entry.ts';
import { encodeFrame } from '../journal/frame.ts';
import { appendToLog, trimTail } from '../journal/log.ts';
import { framesFile } from '../journal/names.ts';
import { flushJournal } from '../journal/write.ts';
import { commitUpTo } from '../replica/commitment.ts';
import { seededChance, LoneNode } from '../testing/lone_node.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Answer, RangeQuery } from '../vocabulary/requests.ts';
import { LSN_MAX } from '../vocabulary/units.ts';

type RangeAnswer = Extract<Answer, { kind: 'range' }>;

/** What a log is made of: the gap to the next record's LSN and its size, or an entry without a record. */
type Piece = { readonly gap: number; readonly bytes: number } | 'noop';

const somePieces = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ gap: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 0, max: 60 }) }),
    },
    { weight: 2, arbitrary: fc.constant('noop' as const) },
  ),
  { minLength: 1, maxLength: 300 },
);

function entriesOf(pieces: readonly Piece[], firstIndex: number): LogEntry[] {
  let lsn = 0n;
  return pieces.map((piece, at) => {
    const index = firstIndex + at;
    const isRecord = piece !== 'noop';
    if (isRecord) lsn += BigInt(piece.gap);
    const data = new Uint8Array(isRecord ? piece.bytes : 0).fill(index);
    return {
      index,
      term: 1,
      kind: isRecord ? 'record' : 'noop',
      lsn,
      generation: 0,
      spaceId: isRecord ? index : undefined,
      pageNo: undefined,
      checksum: isRecord ? crc32c(data) : 0,
      body: isRecord ? encodeFrame(lsn, data) : new Uint8Array(0),
    };
  });
}

/** A node whose log holds these entries, the first `synced` of them on its disk, and little of that in memory. */
function nodeWith(pieces: readonly Piece[], synced: number, segmentBytes: number, tailEntriesMax: number) {
  const limits = { ...DEFAULT_LIMITS, appendBytesMax: 300, tailEntriesMax };
  const node = new LoneNode({ segmentBytes, limits });
  node.workAll();
  const entries = entriesOf(pieces, node.state.journal.lastIndex + 1);
  node.change((d) => {
    appendToLog(d, entries.slice(0, synced));
    flushJournal(d);
  });
  node.workAll();
  node.change((d) => {
    appendToLog(d, entries.slice(synced));
  });
  return { node, entries };
}

function commit(node: LoneNode, index: number): void {
  node.change((d) => {
    commitUpTo(d, index);
    trimTail(d, index);
  });
}

function ask(node: LoneNode, query: Omit<RangeQuery, 'kind'>): Answer {
  node.answers.length = 0;
  node.take({ kind: 'read', now: 0, request: 7, query: { kind: 'range', ...query }, consistency: 'local' });
  node.workAll();
  const [answer, ...others] = node.answers;
  if (answer === undefined || others.length > 0) throw new Error(`${node.answers.length} answers`);
  return answer;
}

function askForRange(node: LoneNode, query: Omit<RangeQuery, 'kind'>): RangeAnswer {
  const answer = ask(node, query);
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
          synced: fc.double({ min: 0, max: 1, noNaN: true }),
          committed: fc.double({ min: 0, max: 1, noNaN: true }),
          segmentBytes: fc.constantFrom(0, 500, 100_000),
          tailEntriesMax: fc.constantFrom(1, 10, 1_000),
          from: fc.integer({ min: 1, max: 700 }),
          length: fc.integer({ min: -2, max: 700 }),
          countMax: fc.constantFrom(1, 7, 1_000),
          bytesMax: fc.constantFrom(0, 100, 1e9),
        }),
        (pieces, drawn) => {
          const { segmentBytes, tailEntriesMax, countMax, bytesMax } = drawn;
          const synced = Math.round(drawn.synced * pieces.length);
          const { node, entries } = nodeWith(pieces, synced, segmentBytes, tailEntriesMax);
          const before = node.state.journal.lastIndex - entries.length;
          const committed = before + Math.round(drawn.committed * entries.length);
          commit(node, committed);
          const through = BigInt(drawn.from + drawn.length);
          const wanted = entries.filter(
            ({ index, kind, lsn }) =>
              index <= committed && kind === 'record' && lsn >= BigInt(drawn.from) && lsn <= through,
          );
          const found: bigint[] = [];
          let from = BigInt(drawn.from);
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
    node.change((d) => {
      const { index, lsn, checksum, spaceId } = tenth;
      const identifier = { index, term: 1, kind: 'record', lsn, generation: 0, spaceId, pageNo: undefined } as const;
      const hole = {
        identifier: { ...identifier, offset: 0, length: 10, checksum, positionInWrite: 0 },
        segment: 1,
        framesLsn: 1n,
        recordCount: 10,
      };
      changeJournal(d, { tail: d.journal.tail.delete(index), holes: d.journal.holes.set(index, hole) });
    });
    const page = askForRange(node, EVERYTHING);
    expect(page.records.map(({ lsn }) => lsn)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect([page.more, page.next]).toEqual([true, 10n]);
    expect(ask(node, { ...EVERYTHING, from: 10n }).kind).toBe('damaged');
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
    expect(ask(node, { ...EVERYTHING, from: 100n }).kind).toBe('damaged');
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
