import { expect, test } from 'vitest';
import { FAKE_STATUS } from '../testing/fake_engine.ts';
import { Metrics } from './metrics.ts';

/** The samples of these metrics, one a line, without those of Node and of the process. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.text();
  return text.split('\n').filter((line) => line.startsWith(`safekeeper_${name}`));
}

function metricsOf(status: Partial<typeof FAKE_STATUS> = {}): Metrics {
  return new Metrics('1.2.3', 'safekeeper-1', () => ({ ...FAKE_STATUS, ...status }));
}

test('what the engine says of itself is asked for at each scrape', async () => {
  let lagEntries = 7;
  const metrics = new Metrics('1.2.3', 'safekeeper-1', () => ({
    ...FAKE_STATUS,
    latestLsn: 6_500n,
    recordCount: 12,
    followers: [{ replicaId: 'safekeeper-2', active: true, lagEntries, lagMs: 1_500 }],
  }));
  expect(await samples(metrics, 'info')).toEqual(['safekeeper_info{version="1.2.3",replica_id="safekeeper-1"} 1']);
  expect(await samples(metrics, 'latest_lsn')).toEqual(['safekeeper_latest_lsn 6500']);
  expect(await samples(metrics, 'records_committed_total')).toEqual(['safekeeper_records_committed_total 12']);
  expect(await samples(metrics, 'follower_lag_seconds')).toEqual([
    'safekeeper_follower_lag_seconds{follower="safekeeper-2"} 1.5',
  ]);
  lagEntries = 0;
  expect(await samples(metrics, 'follower_lag_entries')).toEqual([
    'safekeeper_follower_lag_entries{follower="safekeeper-2"} 0',
  ]);
});

test('a leader changes when another one leads, not when the same one is heard from again', async () => {
  const metrics = metricsOf();
  const follows = (leader: string | undefined) =>
    metrics.observe({ what: 'roleChanged', role: 'follower', term: 1, leader, why: 'test' });
  for (const leader of ['a', undefined, 'a', 'b']) follows(leader);
  metrics.observe({ what: 'roleChanged', role: 'candidate', term: 2, leader: undefined, why: 'test' });
  expect(await samples(metrics, 'leader_changes_total')).toEqual(['safekeeper_leader_changes_total 2']);
  expect(await samples(metrics, 'elections_started_total')).toEqual(['safekeeper_elections_started_total 1']);
});

test('proposals are counted by their outcome, and timed when a quorum has them', async () => {
  const metrics = metricsOf();
  metrics.proposed({ kind: 'stored', lsn: 1n }, 0.003);
  metrics.proposed({ kind: 'refused', code: 'gap', sentence: 'no', latestLsn: 0n }, 5);
  expect(await samples(metrics, 'proposals_total')).toEqual([
    'safekeeper_proposals_total{outcome="stored"} 1',
    'safekeeper_proposals_total{outcome="gap"} 1',
  ]);
  const commits = await samples(metrics, 'commit_duration_seconds');
  expect(commits).toContain('safekeeper_commit_duration_seconds_count 1');
  expect(commits).toContain('safekeeper_commit_duration_seconds_bucket{le="0.002"} 0');
  expect(commits).toContain('safekeeper_commit_duration_seconds_bucket{le="0.004"} 1');
});

test('disk operations are timed, their bytes counted, and failures apart', async () => {
  const metrics = metricsOf();
  const write = { op: 'write', file: 'f', offset: 0, chunks: [new Uint8Array(3), new Uint8Array(4)] } as const;
  metrics.diskOperation(write, 0.001, false);
  metrics.diskOperation(write, 0.001, true);
  metrics.diskOperation({ op: 'sync', file: 'f' }, 0.002, false);
  expect(await samples(metrics, 'disk_written_bytes_total')).toEqual(['safekeeper_disk_written_bytes_total 7']);
  expect(await samples(metrics, 'disk_failures_total')).toEqual([
    'safekeeper_disk_failures_total{operation="write"} 1',
  ]);
  expect(await samples(metrics, 'disk_sync_duration_seconds_count')).toEqual([
    'safekeeper_disk_sync_duration_seconds_count 1',
  ]);
});
