import type { Generation, Index, Lsn, Term } from '../vocabulary/units.ts';

export type EntryKind = 'noop' | 'record' | 'generation' | 'membership';

/**
 * One entry of the log, in memory. `lsn` and `generation` are those in force after it: a no-op carries the ones of the
 * record before it.
 */
export interface LogEntry {
  readonly index: Index;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly lsn: Lsn;
  readonly generation: Generation;
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
  /** CRC-32C of the data of a record or of the payload of a membership entry; 0 for the others. */
  readonly checksum: number;
  /** A record's frame (LSN, length, data), a membership entry's payload; empty for the others. Never changed. */
  readonly body: Uint8Array;
}

/** How a kind is written, on disk and on the wire. */
export const ENTRY_KIND_CODES: Readonly<Record<EntryKind, number>> = {
  noop: 1,
  record: 2,
  generation: 3,
  membership: 4,
};

const KINDS: readonly (EntryKind | undefined)[] = [undefined, 'noop', 'record', 'generation', 'membership'];

/** The kind that is written as `code`; undefined when none is. */
export function entryKindOf(code: number): EntryKind | undefined {
  return KINDS[code];
}

/** LSN (8 bytes) and length (4 bytes) before the data of a frame. */
export const FRAME_HEADER_BYTES = 12;
