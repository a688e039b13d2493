import fc from 'fast-check';
import type { LogEntry } from '../journal/entry.ts';
import { appendToLog, trimTail } from '../journal/log.ts';
import { flushJournal } from '../journal/write.ts';
import { commitUpTo } from '../replica/commitment.ts';
import { DEFAULT_LIMITS } from '../vocabulary/config.ts';
import type { Answer, Query } from '../vocabulary/requests.ts';
import { makeEntry } from './entries.ts';
import { LoneNode } from './lone_node.ts';

/** What a log is made of: the gap to the next record's LSN and its size, or an entry without a record. */
export type Piece = { readonly gap: number; readonly bytes: number } | 'noop';

export const somePieces = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ gap: fc.integer({ min: 1, max: 3 }), bytes: fc.integer({ min: 0, max: 60 }) }),
    },
    { weight: 2, arbitrary: fc.constant('noop' as const) },
  ),
  { minLength: 1, maxLength: 300, size: 'max' },
);

function entriesOf(pieces: readonly Piece[], firstIndex: number): LogEntry[] {
  let lsn = 0n;
  return pieces.map((piece, at) => {
    const index = firstIndex + at;
    if (piece === 'noop') return makeEntry({ index, term: 1, lsn, data: undefined });
    lsn += BigInt(piece.gap);
    return makeEntry({ index, term: 1, lsn, data: new Uint8Array(piece.bytes).fill(index), spaceId: index });
  });
}

/** A node whose log holds these entries, the first `synced` of them on its disk, and little of that in memory. */
export function nodeWith(pieces: readonly Piece[], synced: number, segmentBytes: number, tailEntriesMax: number) {
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

export function commit(node: LoneNode, index: number): void {
  node.change((d) => {
    commitUpTo(d, index);
    trimTail(d, index);
  });
}

/** What a local read is answered. */
export function ask(node: LoneNode, query: Query): Answer {
  node.answers.length = 0;
  node.take({ kind: 'read', now: 0, request: 7, query, consistency: 'local' });
  node.workAll();
  const [answer, ...others] = node.answers;
  if (answer === undefined || others.length > 0) throw new Error(`${node.answers.length} answers`);
  return answer;
}
