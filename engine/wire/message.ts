import type { LogEntry } from '../journal/entry.ts';
import type { ClusterId, Incarnation, Index, PeerUrl, ReplicaId, Term } from '../vocabulary/units.ts';

/** What every message says of its sender and receiver. Messages without it, or for others, change nothing. */
export interface Envelope {
  /** Undefined until the sender's cluster is founded. */
  readonly clusterId: ClusterId | undefined;
  readonly from: ReplicaId;
  readonly fromIncarnation: Incarnation;
  /** How often the sender's directory was started, and a number drawn at this start. */
  readonly boot: number;
  readonly session: number;
  /** Undefined only in a handshake, before the sender knows it. */
  readonly toIncarnation: Incarnation | undefined;
}

/** The first thing two processes tell each other; also how a cluster is founded. */
export interface Hello {
  readonly type: 'hello';
  readonly url: PeerUrl;
  /** Every replica the sender was told of, itself included, ascending. */
  readonly urls: readonly PeerUrl[];
  /** The payload of the founding membership, once there is one. */
  readonly founding: Uint8Array | undefined;
  /** The sessions of the sender's latest starts, this one's at the end. */
  readonly sessions: readonly number[];
  /** What the sender recovered at this start: below what was seen of it, it went back in its memory. */
  readonly recoveredTerm: Term;
  readonly recoveredIndex: Index;
  readonly wantsReply: boolean;
}

/** The sender will have nothing to do with the receiver: the sentence says why, for its operator. */
export interface Refuse {
  readonly type: 'refuse';
  /** The process that is refused; a later start of the same directory is judged anew. */
  readonly session: number;
  readonly sentence: string;
}

/** Would you vote for me in the term after? Changes nobody's term (Ongaro, section 9.6). */
export interface PreVote {
  readonly type: 'preVote';
  readonly nextTerm: Term;
  readonly lastTerm: Term;
  readonly lastIndex: Index;
}

export interface PreVoteAnswer {
  readonly type: 'preVoteAnswer';
  readonly nextTerm: Term;
  readonly granted: boolean;
}

export interface Vote {
  readonly type: 'vote';
  readonly lastTerm: Term;
  readonly lastIndex: Index;
  /** The leader asked for this election: a follower that still hears from it votes all the same. */
  readonly transfer: boolean;
}

export interface VoteAnswer {
  readonly type: 'voteAnswer';
  readonly granted: boolean;
}

/** Entries, or a heartbeat when there are none. */
export interface Append {
  readonly type: 'append';
  readonly previousIndex: Index;
  readonly previousTerm: Term;
  readonly commitIndex: Index;
  /** The ReadIndex round under way; the answer echoes it, so that an older answer proves nothing. */
  readonly round: number;
  readonly entries: readonly LogEntry[];
}

export interface AppendAnswer {
  readonly type: 'appendAnswer';
  readonly round: number;
  /** The log up to here is the leader's, on the sender's disk, without a hole. */
  readonly matchIndex: Index;
  /** Set when `previousIndex` of the append did not fit: that index, and the furthest place the logs may agree. */
  readonly rejected: { readonly previousIndex: Index; readonly hintIndex: Index; readonly hintTerm: Term } | undefined;
}

/** Stand for election at once: the leader hands over (Ongaro, section 3.10). */
export interface TimeoutNow {
  readonly type: 'timeoutNow';
}

/** A new leader asks for the bytes of its hole. */
export interface Fetch {
  readonly type: 'fetch';
  readonly index: Index;
  readonly entryTerm: Term;
}

/** have: the entries from there on. hole: the identifier without the bytes. absent: another entry, or none. */
export interface FetchAnswer {
  readonly type: 'fetchAnswer';
  readonly index: Index;
  readonly entryTerm: Term;
  readonly state: 'have' | 'hole' | 'absent';
  /** The sender knows this entry to be committed. */
  readonly committed: boolean;
  readonly entries: readonly LogEntry[];
}

export type Body =
  | Hello
  | Refuse
  | PreVote
  | PreVoteAnswer
  | Vote
  | VoteAnswer
  | Append
  | AppendAnswer
  | TimeoutNow
  | Fetch
  | FetchAnswer;

export type Message = Envelope & {
  /** The sender's current term. */
  readonly term: Term;
  readonly body: Body;
};
