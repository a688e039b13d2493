import { IntMap } from '../collections/int_map.ts';
import type { TermSpan } from '../replica/term_spans.ts';
import type { SealedSegment } from './files/manifest_file.ts';
import { NOTHING_NOTED } from './files/term_file.ts';
import type { JournalState } from './state.ts';

/** A log that holds only its sealed segments, or nothing. */
export function emptyJournal(rows: readonly SealedSegment[] = [], termSpans: readonly TermSpan[] = []): JournalState {
  let sealed = IntMap.empty<SealedSegment>();
  for (const row of rows) sealed = sealed.set(sealed.size, row);
  const end = rows[rows.length - 1];
  const lastIndex = end?.lastIndex ?? 0;
  return {
    sealed,
    full: [],
    current: undefined,
    tail: IntMap.empty(),
    tailBytes: 0,
    termSpans,
    lastIndex,
    lastLsn: end?.lastLsn ?? 0n,
    generation: end?.generation ?? 0,
    recordCount: end?.recordCount ?? 0,
    holes: IntMap.empty(),
    lastWriteBegin: lastIndex + 1,
    noted: NOTHING_NOTED,
    writeDoneAt: 0,
    durableIndex: lastIndex,
    writtenIndex: lastIndex,
    truncateFrom: undefined,
    diskSegments: [],
    fills: [],
    logWrite: undefined,
    sealing: undefined,
    reads: IntMap.empty(),
  };
}
