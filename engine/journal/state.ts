import { changed } from '../changed.ts';
import type { IntMap } from '../collections/int_map.ts';
import type { TermSpan } from '../replica/term_spans.ts';
import type { Generation, Index, Lsn, Millis, OperationId } from '../vocabulary/units.ts';
import type { LogEntry } from './entry.ts';
import type { SealedSegment } from './files/manifest_file.ts';
import type { SyncedNote } from './files/term_file.ts';
import type { Identifier } from './identifier.ts';
import type { OpenSegment, ReadTask } from './read_task.ts';

/** An entry and where it is, or will be, on this disk. */
export interface StoredEntry {
  readonly entry: LogEntry;
  /** First index of its segment. */
  readonly segment: Index;
  /** Names the segment's frames file as of this entry; 0 while the segment has no record. */
  readonly framesLsn: Lsn;
  /** Where its frame begins in the frames file, in bytes; of no record: where the next one will. */
  readonly offset: number;
  /** Records in the log up to and with this entry. */
  readonly recordCount: number;
}

/** A segment as it is in the directory: what a truncation has to remove. */
export interface DiskSegment {
  readonly firstIndex: Index;
  readonly framesLsn: Lsn;
}

/** A sound identifier whose bytes are not there: present for elections, missing for everything else. */
export interface Hole {
  readonly identifier: Identifier;
  readonly segment: Index;
  readonly framesLsn: Lsn;
  readonly recordCount: number;
}

/** The one log write in flight. */
export type LogWrite = { readonly id: OperationId; readonly since: Millis } & (
  | { readonly kind: 'append'; readonly lastIndex: Index }
  | { readonly kind: 'fill'; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'truncate' }
);

/**
 * The log: what memory holds of it and how far it is on the disk. Every entry above
 * `min(committed, durable)` is in `tail`, unless it is a hole; older ones come back through read effects.
 */
export interface JournalState {
  /** Sealed segments by their ordinal, 0 and up. */
  readonly sealed: IntMap<SealedSegment>;
  /** Full segments that wait to be sealed, ascending; then the one that grows, if one is begun. */
  readonly full: readonly OpenSegment[];
  readonly current: OpenSegment | undefined;
  readonly tail: IntMap<StoredEntry>;
  /** Sum of the bodies in `tail`. */
  readonly tailBytes: number;
  readonly termSpans: readonly TermSpan[];
  readonly lastIndex: Index;
  /** In force at the end of the log. */
  readonly lastLsn: Lsn;
  readonly generation: Generation;
  readonly recordCount: number;
  readonly holes: IntMap<Hole>;
  /** First entry of the last log write before this start, which a crash may have cut short; all before it was synced. */
  readonly lastWriteBegin: Index;
  /** What the term-and-vote file says of the log's end, or will when its write is done. */
  readonly noted: SyncedNote;
  /** When the last log write was done. */
  readonly writeDoneAt: Millis;
  /** Everything up to here is on the disk: written, synced, and not truncated since. */
  readonly durableIndex: Index;
  /** Everything up to here was handed to the disk. */
  readonly writtenIndex: Index;
  /** Entries from here on are on the disk and not in the log any more. */
  readonly truncateFrom: Index | undefined;
  readonly diskSegments: readonly DiskSegment[];
  /** Bytes for holes, not yet handed to the disk. */
  readonly fills: readonly LogEntry[];
  readonly logWrite: LogWrite | undefined;
  readonly sealing: { readonly id: OperationId; readonly segments: readonly SealedSegment[] } | undefined;
  readonly reads: IntMap<ReadTask>;
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedJournal(journal: JournalState, change: Partial<JournalState>): JournalState {
  return changed<JournalState>(
    {
      sealed: journal.sealed,
      full: journal.full,
      current: journal.current,
      tail: journal.tail,
      tailBytes: journal.tailBytes,
      termSpans: journal.termSpans,
      lastIndex: journal.lastIndex,
      lastLsn: journal.lastLsn,
      generation: journal.generation,
      recordCount: journal.recordCount,
      holes: journal.holes,
      lastWriteBegin: journal.lastWriteBegin,
      noted: journal.noted,
      writeDoneAt: journal.writeDoneAt,
      durableIndex: journal.durableIndex,
      writtenIndex: journal.writtenIndex,
      truncateFrom: journal.truncateFrom,
      diskSegments: journal.diskSegments,
      fills: journal.fills,
      logWrite: journal.logWrite,
      sealing: journal.sealing,
      reads: journal.reads,
    },
    change,
  );
}
