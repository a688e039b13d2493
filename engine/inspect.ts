import type { FollowerStatus, Inspection, NodeStatus } from './inspect_types.ts';
import type { LogEntry } from './journal/entry.ts';
import { majoritySize } from './membership/configuration.ts';
import { configurationOf, peersOf } from './replica/members.ts';
import { urlOf } from './identity/state.ts';
import type { NodeState } from './state.ts';
import type { Index, Millis, PeerUrl, ReplicaId } from './vocabulary/units.ts';

/** What a node believes at this moment, for checkers and tests. */
export function inspect(node: NodeState): Inspection {
  const { identity, replica, journal, admission } = node;
  const holes: Index[] = [];
  journal.holes.forEach((_, index) => holes.push(index));
  return {
    phase: node.phase,
    replicaId: node.config.replicaId,
    incarnation: identity.incarnation === '' ? undefined : identity.incarnation,
    boot: identity.boot,
    clusterId: identity.clusterId,
    role: replica.role,
    term: replica.term,
    votedFor: replica.votedFor,
    durableTerm: replica.durableTerm,
    durableVote: replica.durableVote,
    leader: replica.leader,
    commitIndex: replica.commit.index,
    lastIndex: journal.lastIndex,
    durableIndex: journal.durableIndex,
    holes,
    lastLsn: journal.lastLsn,
    termSpans: journal.termSpans,
    voters: configurationOf(node).voters,
    diskIdle:
      node.recovery === undefined &&
      journal.logWrite === undefined &&
      journal.sealing === undefined &&
      replica.termWrite === undefined &&
      journal.reads.size === 0 &&
      journal.writtenIndex === journal.lastIndex &&
      identity.foundingStep === undefined,
    openRequests: admission.open.size,
  };
}

/** The entry at `index` if memory holds it: the tail of the log, without its holes. */
export function entryAt(node: NodeState, index: Index): LogEntry | undefined {
  return node.journal.tail.get(index)?.entry;
}

/** What operators see. */
export function status(node: NodeState): NodeStatus {
  const { replica, identity, admission } = node;
  const { leader, commit } = replica;
  const reached = (id: ReplicaId): PeerUrl | undefined =>
    id === node.config.replicaId ? node.config.advertiseUrl : urlOf(identity, id);
  const url = leader && reached(leader);
  const configuration = configurationOf(node);
  const followers = followersOf(node);
  return {
    phase: node.phase,
    replicaId: node.config.replicaId,
    state: replica.role === 'preCandidate' ? 'candidate' : replica.role,
    term: replica.term,
    leader: leader === undefined || url === undefined ? undefined : { replicaId: leader, url },
    latestLsn: commit.lsn,
    generation: commit.generation,
    recordCount: commit.recordCount,
    quorumSize: majoritySize(Math.max(configuration.voters.length, 1)),
    peerCount: identity.membership === undefined ? node.config.peerUrls.length : peersOf(node).length,
    members: (identity.membership?.members ?? []).map((member) => ({
      replicaId: member.replicaId,
      url: reached(member.replicaId) ?? member.url,
    })),
    replicationLagMs:
      replica.leadership === undefined
        ? lagSince(node, replica.behindSince)
        : Math.max(0, ...followers.map(({ lagMs }) => lagMs)),
    followers,
    openRequests: admission.open.size,
    heldRecords: admission.held.length,
    uncommittedBytes: admission.uncommittedBytes,
    trouble: node.trouble,
  };
}

function followersOf(node: NodeState): readonly FollowerStatus[] {
  return Object.entries(node.replica.leadership?.progress ?? {}).map(([replicaId, progress]) => ({
    replicaId,
    active: progress.active,
    lagEntries: node.journal.lastIndex - progress.matchIndex,
    lagMs: lagSince(node, progress.behindSince),
  }));
}

function lagSince(node: NodeState, behindSince: Millis | undefined): Millis {
  return behindSince === undefined ? 0 : node.now - behindSince;
}
