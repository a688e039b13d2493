import { changed } from '../changed.ts';
import type { Index, Generation, Lsn, Millis, OperationId, PeerUrl, ReplicaId, Term } from '../vocabulary/units.ts';
import type { Role } from '../vocabulary/observations.ts';

/** How far the log is committed, and what is in force there. */
export interface CommitPoint {
  readonly index: Index;
  readonly lsn: Lsn;
  readonly generation: Generation;
  readonly recordCount: number;
}

/** An append that was sent and not yet acknowledged: its last entry, and the bytes of its frames. */
export interface InflightAppend {
  readonly lastIndex: Index;
  readonly bytes: number;
}

/**
 * What a leader knows of a follower (Ongaro, section 3.5; etcd's `tracker`).
 *
 * - probe: where the logs agree is not known; one append at a time asks.
 * - replicate: appends follow each other without waiting, up to the inflight bound.
 */
export interface Progress {
  readonly state: 'probe' | 'replicate';
  /** The follower's log is this leader's up to here, on its disk. */
  readonly matchIndex: Index;
  /**
   * The next entry to send. A follower takes the log before it for this leader's, so it is never behind a hole: what lies
   * there the leader may yet discard.
   */
  readonly nextIndex: Index;
  /** The appends in flight, oldest first; while probing at most the probe. */
  readonly inflight: readonly InflightAppend[];
  /** A probe is out; the next one waits for its answer or a heartbeat. */
  readonly probing: boolean;
  /** It answered since the last check of the quorum. */
  readonly active: boolean;
  /** The latest ReadIndex round it echoed. */
  readonly round: number;
  /** Entries for it are being read from the disk. */
  readonly reading: boolean;
  /** Since when it lacks a committed record. */
  readonly behindSince: Millis | undefined;
  /** How far the log was committed when something was last sent to it. */
  readonly toldCommit: Index;
}

/** What a new leader has been told about its first hole. */
export interface HoleInquiry {
  readonly index: Index;
  readonly answers: Readonly<Record<ReplicaId, { readonly state: 'hole' | 'absent'; readonly committed: boolean }>>;
}

/** Followers are to hear of a commit: how far it came, and when they are told unless an append told them before. */
export interface CommitNotice {
  readonly index: Index;
  readonly at: Millis;
}

export interface Leadership {
  readonly progress: Readonly<Record<ReplicaId, Progress>>;
  /** The no-op of this term; undefined while the leader still resolves holes in its log. */
  readonly termStart: Index | undefined;
  readonly holeInquiry: HoleInquiry | undefined;
  readonly heartbeatDeadline: Millis;
  readonly quorumDeadline: Millis;
  readonly notice: CommitNotice | undefined;
  /** During a shutdown: not before this the successor is asked, again, to stand. */
  readonly handoverAt: Millis;
  /** ReadIndex rounds: the one last begun, and the last one a quorum confirmed. */
  readonly round: number;
  readonly confirmedRound: number;
}

export interface ReplicaState {
  readonly role: Role;
  readonly term: Term;
  readonly votedFor: ReplicaId | undefined;
  readonly leader: ReplicaId | undefined;
  /** Term and vote known to be on the disk. */
  readonly durableTerm: Term;
  readonly durableVote: ReplicaId | undefined;
  readonly termWrite:
    | {
        readonly id: OperationId;
        readonly since: Millis;
        readonly term: Term;
        readonly votedFor: ReplicaId | undefined;
      }
    | undefined;
  /** Messages that wait until term and vote are on the disk. */
  readonly deferred: readonly { readonly to: PeerUrl; readonly bytes: Uint8Array }[];
  readonly commit: CommitPoint;
  readonly electionDeadline: Millis;
  /** Until when a live leader is believed in: no vote for anyone else. */
  readonly leaderLeaseUntil: Millis;
  /** Votes, or pre-votes, received in this candidacy. */
  readonly votes: Readonly<Record<ReplicaId, boolean>>;
  /** This candidacy was asked for by the leader. */
  readonly transferred: boolean;
  /** The log up to here is the leader's of this term. */
  readonly verifiedIndex: Index;
  /** The latest ReadIndex round of this term's leader. */
  readonly leaderRound: number;
  /** The match index last acknowledged to this term's leader. */
  readonly acknowledgedIndex: Index;
  /** Since when this follower lacks a committed record it was told of. */
  readonly behindSince: Millis | undefined;
  readonly leadership: Leadership | undefined;
}

const NOTHING_COMMITTED: CommitPoint = { index: 0, lsn: 0n, generation: 0, recordCount: 0 };

export function initialReplica(): ReplicaState {
  return {
    role: 'follower',
    term: 0,
    votedFor: undefined,
    leader: undefined,
    durableTerm: 0,
    durableVote: undefined,
    termWrite: undefined,
    deferred: [],
    commit: NOTHING_COMMITTED,
    electionDeadline: 0,
    leaderLeaseUntil: 0,
    votes: {},
    transferred: false,
    verifiedIndex: 0,
    leaderRound: 0,
    acknowledgedIndex: 0,
    behindSince: undefined,
    leadership: undefined,
  };
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedReplica(replica: ReplicaState, change: Partial<ReplicaState>): ReplicaState {
  return changed<ReplicaState>(
    {
      role: replica.role,
      term: replica.term,
      votedFor: replica.votedFor,
      leader: replica.leader,
      durableTerm: replica.durableTerm,
      durableVote: replica.durableVote,
      termWrite: replica.termWrite,
      deferred: replica.deferred,
      commit: replica.commit,
      electionDeadline: replica.electionDeadline,
      leaderLeaseUntil: replica.leaderLeaseUntil,
      votes: replica.votes,
      transferred: replica.transferred,
      verifiedIndex: replica.verifiedIndex,
      leaderRound: replica.leaderRound,
      acknowledgedIndex: replica.acknowledgedIndex,
      behindSince: replica.behindSince,
      leadership: replica.leadership,
    },
    change,
  );
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedLeadership(leadership: Leadership, change: Partial<Leadership>): Leadership {
  return changed<Leadership>(
    {
      progress: leadership.progress,
      termStart: leadership.termStart,
      holeInquiry: leadership.holeInquiry,
      heartbeatDeadline: leadership.heartbeatDeadline,
      quorumDeadline: leadership.quorumDeadline,
      notice: leadership.notice,
      handoverAt: leadership.handoverAt,
      round: leadership.round,
      confirmedRound: leadership.confirmedRound,
    },
    change,
  );
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedProgress(progress: Progress, change: Partial<Progress>): Progress {
  return changed<Progress>(
    {
      state: progress.state,
      matchIndex: progress.matchIndex,
      nextIndex: progress.nextIndex,
      inflight: progress.inflight,
      probing: progress.probing,
      active: progress.active,
      round: progress.round,
      reading: progress.reading,
      behindSince: progress.behindSince,
      toldCommit: progress.toldCommit,
    },
    change,
  );
}
