import { writeExactJson } from './exact_json.ts';
import { goDuration } from './go_duration.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';

/** `GET /api/v1/ping`: that this replica runs, and its role. */
export function ping(service: Service): Reply {
  const { state, trouble } = service.node.status();
  return { status: 200, body: writeExactJson({ status: 'ok', version: service.version, state, trouble }) };
}

/** `GET /api/v1/metrics`: the published figures, and what else an operator wants to see at a glance. */
export function metrics(service: Service): Reply {
  const status = service.node.status();
  return {
    status: 200,
    body: writeExactJson({
      status: 'success',
      metrics: {
        replica_id: status.replicaId,
        state: status.state,
        term: status.term,
        latest_lsn: status.latestLsn,
        wal_count: status.recordCount,
        quorum_size: status.quorumSize,
        peer_count: status.peerCount,
        replication_lag: goDuration(status.replicationLagMs),
        generation: status.generation,
        phase: status.phase,
        leader: status.leader?.replicaId,
        leader_url: status.leader?.url,
        trouble: status.trouble,
        members: Object.fromEntries(status.members.map(({ replicaId, url }) => [replicaId, url])),
        followers: Object.fromEntries(
          status.followers.map(({ replicaId, active, lagEntries, lagMs }) => [
            replicaId,
            { active, lag_entries: lagEntries, lag: goDuration(lagMs) },
          ]),
        ),
      },
    }),
  };
}
