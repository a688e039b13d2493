import { describe, expect, it } from 'vitest';
import { CalmCluster } from './testing/calm_cluster.ts';
import { record } from './testing/records.ts';

describe('a calm cluster', () => {
  it('founds itself, elects one leader and stores a record on every replica (TestLogReplication)', () => {
    const cluster = new CalmCluster(3);
    const leader = cluster.elect();
    const request = cluster.propose(leader, record(1000n, 'hello'));
    cluster.run(300);
    expect(cluster.answer(leader, request)).toEqual({ kind: 'stored', lsn: 1000n });
    for (let i = 0; i < 3; i++) {
      const read = cluster.read(i, { kind: 'record', lsn: 1000n }, 'local');
      cluster.settle();
      expect(cluster.answer(i, read)).toMatchObject({ kind: 'record', lsn: 1000n });
    }
    expect(cluster.nodes.filter((node) => node.state.replica.role === 'leader')).toHaveLength(1);
  });

  it('keeps everything over a restart of all', () => {
    const cluster = new CalmCluster(3, { segmentBytes: 200 });
    let leader = cluster.elect();
    for (let lsn = 1n; lsn <= 100n; lsn++) cluster.propose(leader, record(lsn, `record ${lsn}`));
    cluster.run(500);
    for (let i = 0; i < 3; i++) cluster.restart(i);
    leader = cluster.elect();
    cluster.run(500);
    for (let i = 0; i < 3; i++) {
      for (const lsn of [1n, 50n, 99n, 100n]) {
        const read = cluster.read(i, { kind: 'record', lsn }, 'local');
        cluster.settle();
        expect(cluster.answer(i, read)).toMatchObject({ kind: 'record', lsn });
      }
    }
  });

  it('runs alone (TestSingleNodeCommit)', () => {
    const cluster = new CalmCluster(1);
    const leader = cluster.elect();
    const request = cluster.propose(leader, record(7n, ''));
    cluster.settle();
    expect(cluster.answer(leader, request)).toEqual({ kind: 'stored', lsn: 7n });
    const read = cluster.read(leader, { kind: 'latest' }, 'linearizable');
    cluster.settle();
    expect(cluster.answer(leader, read)).toEqual({ kind: 'latest', lsn: 7n, generation: 0, recordCount: 1 });
  });
});
