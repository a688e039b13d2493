import type { RangeQuery, RecordProposal, StoredRecord } from '../vocabulary/requests.ts';
import type { Index, Lsn, ReplicaId, RequestId, Term } from '../vocabulary/units.ts';
import type { LogEntry } from './entry.ts';

/** How far the answer to a range query has come. */
export interface RangeProgress {
  readonly query: RangeQuery;
  /** The committed end of the log when the answer was begun: a page shows one moment. */
  readonly commitIndex: Index;
  readonly commitLsn: Lsn;
  readonly records: readonly StoredRecord[];
  /** Sum of their data. */
  readonly bytes: number;
}

/** What older entries are read for. The journal carries it through; the layer that asked acts on it. */
export type ReadPurpose =
  /** A follower is behind what memory holds. */
  | { readonly kind: 'catchUp'; readonly peer: ReplicaId; readonly term: Term }
  /** A leader asks for the bytes of its hole. */
  | {
      readonly kind: 'fetch';
      readonly peer: ReplicaId;
      readonly term: Term;
      readonly entryTerm: Term;
      readonly index: Index;
    }
  /** A client reads a record. */
  | { readonly kind: 'query'; readonly request: RequestId; readonly lsn: Lsn }
  /** A client reads a range of records. */
  | { readonly kind: 'range'; readonly request: RequestId; readonly range: RangeProgress }
  /** A client sent a record whose LSN is old: is it the stored one? */
  | { readonly kind: 'judge'; readonly request: RequestId; readonly record: RecordProposal; readonly term: Term };

export type ReadResult = { readonly purpose: ReadPurpose } & (
  | { readonly outcome: 'entries'; readonly entries: readonly LogEntry[] }
  /** Where the first entry with this LSN or a higher one is. */
  | { readonly outcome: 'position'; readonly index: Index }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'damaged'; readonly file: string; readonly sentence: string }
);
