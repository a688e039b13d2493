import type { TermSpan } from './replica/term_spans.ts';
import type { Role } from './vocabulary/observations.ts';
import type {
  ClusterId,
  Generation,
  Incarnation,
  Index,
  Lsn,
  Millis,
  PeerUrl,
  ReplicaId,
  Term,
} from './vocabulary/units.ts';

/** recovering: reading its disk. founding: waits for its peers. member: takes part. halted: does nothing any more. */
export type Phase = 'recovering' | 'founding' | 'member' | 'halted';

/** What a node believes at this moment, for checkers and tests. Everything is in memory; nothing here is a promise. */
export interface Inspection {
  readonly phase: Phase;
  readonly replicaId: ReplicaId;
  readonly incarnation: Incarnation | undefined;
  readonly boot: number;
  readonly clusterId: ClusterId | undefined;
  readonly role: Role;
  readonly term: Term;
  readonly votedFor: ReplicaId | undefined;
  /** The term and vote known to be on disk. */
  readonly durableTerm: Term;
  readonly durableVote: ReplicaId | undefined;
  readonly leader: ReplicaId | undefined;
  readonly commitIndex: Index;
  readonly lastIndex: Index;
  /** Everything up to here is known to be on disk. */
  readonly durableIndex: Index;
  /** Entries whose identifier is there and whose bytes are not, ascending. */
  readonly holes: readonly Index[];
  readonly lastLsn: Lsn;
  readonly termSpans: readonly TermSpan[];
  readonly voters: readonly ReplicaId[];
  /** No disk effect is in flight and nothing waits to be written. */
  readonly diskIdle: boolean;
  /** Requests without an answer. */
  readonly openRequests: number;
}

/** What a leader knows of a follower. */
export interface FollowerStatus {
  readonly replicaId: ReplicaId;
  /** It answered within the last election timeout or two. */
  readonly active: boolean;
  /** Entries of the leader's log that are not known to be on its disk. */
  readonly lagEntries: number;
  /** For how long it has lacked a committed record. */
  readonly lagMs: Millis;
}

/** What operators see: `/ping`, `/metrics`. */
export interface NodeStatus {
  readonly phase: Phase;
  readonly replicaId: ReplicaId;
  readonly state: 'follower' | 'candidate' | 'leader';
  readonly term: Term;
  readonly leader: { readonly replicaId: ReplicaId; readonly url: PeerUrl } | undefined;
  /** The last committed record's LSN, 0 when there is none. */
  readonly latestLsn: Lsn;
  readonly generation: Generation;
  /** Records committed since the beginning. */
  readonly recordCount: number;
  readonly quorumSize: number;
  /** Members besides this one. */
  readonly peerCount: number;
  /** Who belongs to the cluster, this one included, and where each is reached; empty before the cluster is founded. */
  readonly members: readonly { readonly replicaId: ReplicaId; readonly url: PeerUrl }[];
  /** On a follower the age of the oldest committed record it lacks, on the leader the worst follower's. */
  readonly replicationLagMs: Millis;
  /** Of a leader; else empty. */
  readonly followers: readonly FollowerStatus[];
  /** Requests without an answer. */
  readonly openRequests: number;
  /** Records among them that wait for their predecessor. */
  readonly heldRecords: number;
  /** Bytes that this leader proposed and that are not committed yet. */
  readonly uncommittedBytes: number;
  /** Why this replica takes no part, when it does not: a sentence. */
  readonly trouble: string | undefined;
}
