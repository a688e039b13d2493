import type { Generation, Lsn, PeerUrl, ReplicaId } from './units.ts';

/** A record a client wants stored. `data` is never copied nor changed; its owner must not change it either. */
export interface RecordProposal {
  readonly kind: 'record';
  readonly lsn: Lsn;
  readonly data: Uint8Array;
  /** Unsigned 32-bit, or absent. */
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
  /** The LSN of the record right before this one; 0 for the first. Absent: whatever is last. */
  readonly previousLsn: Lsn | undefined;
  /** 0 when the client named none. */
  readonly generation: Generation;
}

/** Raises the log's generation by an entry of its own, which fences every writer of a lower one. */
export interface GenerationProposal {
  readonly kind: 'generation';
  readonly generation: Generation;
}

export type Proposal = RecordProposal | GenerationProposal;

/** Committed records in order, `from` and `through` among them: a page of them, which is never empty while there are any. */
export interface RangeQuery {
  readonly kind: 'range';
  readonly from: Lsn;
  readonly through: Lsn;
  /** Records in a page, at least 1. */
  readonly countMax: number;
  /** Their data, in bytes. The first record always fits. */
  readonly bytesMax: number;
}

export type Query = { readonly kind: 'record'; readonly lsn: Lsn } | { readonly kind: 'latest' } | RangeQuery;

/** A record as readers see it. */
export interface StoredRecord {
  readonly lsn: Lsn;
  readonly data: Uint8Array;
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
}

/** `local`: this replica's committed state. `linearizable`: nothing acknowledged before the read began is missed. */
export type Consistency = 'local' | 'linearizable';

/** A definite "no": judged by committed entries, confirmed by a quorum. Retrying the same request cannot succeed. */
export type RefusalCode = 'conflict' | 'out_of_order' | 'gap' | 'fenced';

/**
 * The one answer to a request. Only `stored`, `generationRaised`, `refused`, `record`, `range`, `notFound` and
 * `latest` are definite. After `unknown` the record may be stored or not; after `notLeader`, `unavailable`, `overloaded` it was not
 * taken *from this request*. In every case sending the same record again is safe.
 */
export type Answer =
  | { readonly kind: 'stored'; readonly lsn: Lsn }
  | { readonly kind: 'generationRaised'; readonly generation: Generation; readonly latestLsn: Lsn }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly sentence: string; readonly latestLsn: Lsn }
  | ({ readonly kind: 'record' } & StoredRecord)
  | {
      readonly kind: 'range';
      readonly records: readonly StoredRecord[];
      /** Whether the range may hold more behind these. */
      readonly more: boolean;
      /** Where to go on: right behind the last of them; undefined behind the highest LSN there can be. */
      readonly next: Lsn | undefined;
      /** The last committed LSN when the page was begun. */
      readonly latestLsn: Lsn;
    }
  | { readonly kind: 'notFound'; readonly lsn: Lsn; readonly latestLsn: Lsn }
  | { readonly kind: 'latest'; readonly lsn: Lsn; readonly generation: Generation; readonly recordCount: number }
  | { readonly kind: 'tooLarge'; readonly sentence: string }
  | { readonly kind: 'overloaded'; readonly sentence: string }
  | { readonly kind: 'notLeader'; readonly leader: LeaderHint | undefined }
  | { readonly kind: 'unknown'; readonly sentence: string }
  | { readonly kind: 'unavailable'; readonly sentence: string }
  | { readonly kind: 'damaged'; readonly sentence: string };

export interface LeaderHint {
  readonly replicaId: ReplicaId;
  readonly url: PeerUrl;
}
