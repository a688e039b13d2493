import type { RecordProposal } from '../vocabulary/requests.ts';
import type { Index, Lsn, ReplicaId, RequestId, Term } from '../vocabulary/units.ts';
import type { LogEntry } from './entry.ts';

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
  /** A client sent a record whose LSN is old: is it the stored one? */
  | { readonly kind: 'judge'; readonly request: RequestId; readonly record: RecordProposal; readonly term: Term };

export type ReadResult = { readonly purpose: ReadPurpose } & (
  | { readonly outcome: 'entries'; readonly entries: readonly LogEntry[] }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'damaged'; readonly file: string; readonly sentence: string }
);
