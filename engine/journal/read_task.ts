import type { Index, Lsn } from '../vocabulary/units.ts';
import type { SealedSegment } from './files/manifest_file.ts';
import type { Identifier } from './identifier.ts';
import type { ReadPurpose } from './read_purpose.ts';

/** A segment that is not sealed. Only the last one grows. */
export type OpenSegment = Omit<SealedSegment, 'termSpans'>;

/**
 * Reads older entries back from the disk, a read effect at a time: first a sector of identifiers, then the frames they
 * name. An LSN is found by binary search over the sectors of the one segment that can hold it.
 */
export interface ReadTask {
  readonly purpose: ReadPurpose;
  readonly segment: OpenSegment;
  readonly stage:
    | { readonly kind: 'identifiers'; readonly group: number; readonly from: Index; readonly through: Index }
    | {
        readonly kind: 'search';
        readonly group: number;
        readonly low: number;
        readonly high: number;
        readonly lsn: Lsn;
        /** The record with this LSN, or only where the log reaches it. */
        readonly wanted: 'record' | 'position';
      }
    | { readonly kind: 'bodies'; readonly identifiers: readonly Identifier[] };
}
