import { Counter, Gauge, type Registry } from 'prom-client';
import type { NodeStatus } from '../../engine/index.ts';

/**
 * Registers what the engine says of itself. The function returned sets all of it from one status, so that one scrape shows
 * one moment.
 */
export function registerNodeGauges(registry: Registry): (status: NodeStatus) => void {
  const registers = [registry];
  const setters: ((status: NodeStatus) => void)[] = [];
  const gauge = (name: string, help: string, value: (status: NodeStatus) => number): void => {
    const its = new Gauge({ name, help, registers });
    setters.push((status) => its.set(value(status)));
  };
  const perFollower = (name: string, help: string, value: (of: NodeStatus['followers'][number]) => number): void => {
    const its = new Gauge({ name, help, registers, labelNames: ['follower'] });
    setters.push(({ followers }) => {
      its.reset();
      for (const follower of followers) its.set({ follower: follower.replicaId }, value(follower));
    });
  };

  gauge('safekeeper_is_leader', '1 when this replica leads.', ({ state }) => Number(state === 'leader'));
  gauge('safekeeper_has_leader', '1 when this replica knows who leads.', ({ leader }) => Number(leader !== undefined));
  gauge('safekeeper_is_member', '1 when this replica takes part in a cluster.', ({ phase }) =>
    Number(phase === 'member'),
  );
  gauge('safekeeper_term', 'The term it is in.', ({ term }) => term);
  gauge('safekeeper_generation', 'The generation of writers in force.', ({ generation }) => generation);
  gauge(
    'safekeeper_latest_lsn',
    'LSN of the last committed record, 0 when there is none; a floating-point number, so rounded above 2^53.',
    ({ latestLsn }) => Number(latestLsn),
  );
  gauge('safekeeper_quorum_size', 'Replicas that have to store a record.', ({ quorumSize }) => quorumSize);
  gauge('safekeeper_peers', 'Members besides this one.', ({ peerCount }) => peerCount);
  gauge(
    'safekeeper_replication_lag_seconds',
    'On a follower the age of the oldest committed record it lacks, on the leader the worst follower’s.',
    ({ replicationLagMs }) => replicationLagMs / 1_000,
  );
  gauge('safekeeper_requests_pending', 'Requests without an answer.', ({ openRequests }) => openRequests);
  gauge('safekeeper_records_held', 'Records that wait for their predecessor.', ({ heldRecords }) => heldRecords);
  gauge(
    'safekeeper_uncommitted_bytes',
    'Bytes that this leader proposed and that are not committed yet.',
    ({ uncommittedBytes }) => uncommittedBytes,
  );
  perFollower(
    'safekeeper_follower_lag_entries',
    'On the leader: entries of its log that are not known to be on the follower’s disk.',
    ({ lagEntries }) => lagEntries,
  );
  perFollower(
    'safekeeper_follower_lag_seconds',
    'On the leader: for how long the follower has lacked a committed record.',
    ({ lagMs }) => lagMs / 1_000,
  );
  perFollower('safekeeper_follower_active', 'On the leader: 1 when the follower answered lately.', ({ active }) =>
    Number(active),
  );
  const committed = new Counter({
    name: 'safekeeper_records_committed_total',
    help: 'Records committed since the cluster was founded.',
    registers,
  });
  setters.push(({ recordCount }) => {
    committed.reset();
    committed.inc(recordCount);
  });
  return (status) => {
    for (const set of setters) set(status);
  };
}
