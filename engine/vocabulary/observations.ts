import type { ClusterId, Incarnation, Index, Lsn, ReplicaId, Term } from './units.ts';

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** Something worth a metric, a log line or a place in a recording. The engine itself never reads one. */
export type Observation =
  | {
      readonly what: 'recovered';
      readonly replicaId: ReplicaId;
      readonly incarnation: Incarnation;
      readonly boot: number;
      readonly term: Term;
      readonly lastIndex: Index;
      readonly lastLsn: Lsn;
      readonly holes: number;
      readonly tornEntries: number;
    }
  | { readonly what: 'founded'; readonly clusterId: ClusterId; readonly members: readonly ReplicaId[] }
  /** A peer was turned away, or turned this replica away. The sentence says why and what to fix. */
  | { readonly what: 'refused'; readonly peer: string; readonly sentence: string }
  | {
      readonly what: 'roleChanged';
      readonly role: Role;
      readonly term: Term;
      readonly leader: ReplicaId | undefined;
      readonly why: string;
    }
  | { readonly what: 'committed'; readonly index: Index; readonly lsn: Lsn; readonly recordCount: number }
  | { readonly what: 'truncated'; readonly fromIndex: Index; readonly lastIndex: Index }
  | { readonly what: 'segmentSealed'; readonly firstIndex: Index; readonly lastIndex: Index }
  | { readonly what: 'holeFilled'; readonly index: Index }
  | { readonly what: 'holeDiscarded'; readonly index: Index; readonly lastIndex: Index }
  | { readonly what: 'damageFound'; readonly file: string; readonly sentence: string }
  | { readonly what: 'diskStalled'; readonly sinceMs: number }
  | { readonly what: 'messageDropped'; readonly sentence: string };
