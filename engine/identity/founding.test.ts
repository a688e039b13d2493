import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { seededChance } from '../testing/lone_node.ts';
import { record } from '../testing/records.ts';
import { describeMessage } from '../wire/describe.ts';

/** All replicas are members of one cluster, with the same first entry. */
function expectFounded(cluster: CalmCluster): void {
  const [first, ...others] = cluster.nodes;
  expect(first?.state.phase).toBe('member');
  expect(first?.state.identity.clusterId).toMatch(/^[0-9a-f]{32}$/);
  for (const { state, files } of others) {
    expect(state.phase).toBe('member');
    expect(state.identity.clusterId).toBe(first?.state.identity.clusterId);
    expect(state.identity.membership).toEqual(first?.state.identity.membership);
    expect(files.get('control/control_1_0')).toEqual(first?.files.get('control/control_1_0'));
  }
}

describe('founding', () => {
  it.each([1, 3, 5])('makes one cluster of %i empty directories', (count) => {
    const cluster = new CalmCluster(count);
    cluster.elect();
    expectFounded(cluster);
    expect(new Set(cluster.nodes.map((node) => node.state.identity.incarnation)).size).toBe(count);
  });

  it('makes one cluster in any order of starts, with messages lost, late and repeated, over restarts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 3, 5),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.nat(9),
        (count, seed, restarts, lossTenths) => {
          const chance = seededChance(seed);
          const cluster = new CalmCluster(count);
          const up = cluster.nodes.map(() => chance() < 0.5);
          const late: { to: number; bytes: Uint8Array }[] = [];
          cluster.deliver = (from, to, bytes): boolean => {
            if (up[from] !== true || up[to] !== true) return false;
            if (chance() < 0.3) late.push({ to, bytes });
            return chance() * 10 >= lossTenths;
          };
          for (const restart of restarts) {
            cluster.run(Math.floor(chance() * 400));
            const which = restart % count;
            if (up[which] === true) cluster.restart(which);
            up[which] = true;
            const [delayed] = late.splice(Math.floor(chance() * late.length), 1);
            if (delayed !== undefined) {
              cluster.post(delayed.to, { kind: 'message', now: cluster.now, bytes: delayed.bytes });
            }
          }
          up.fill(true);
          cluster.run(500);
          cluster.deliver = (): boolean => true;
          for (const { to, bytes } of late) cluster.post(to, { kind: 'message', now: cluster.now, bytes });
          cluster.elect();
          cluster.run(1_000);
          expect(cluster.nodes.map((node) => node.halted)).toEqual(cluster.nodes.map(() => undefined));
          expectFounded(cluster);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('survives a crash of a replica whose disk stood still', () => {
    for (let after = 0; after < 12; after++) {
      const cluster = new CalmCluster(3);
      for (let effects = 0; effects < after; effects++) cluster.run(0);
      cluster.node(1).stalled = [];
      cluster.run(60 * (after + 1));
      cluster.restart(1);
      cluster.node(1).stalled = undefined;
      cluster.elect();
      cluster.run(1_000);
      expectFounded(cluster);
    }
  });

  it('waits until every replica has answered', () => {
    const cluster = new CalmCluster(3);
    cluster.deliver = (from, to): boolean => from !== 2 && to !== 2;
    cluster.run(5_000);
    for (const { state } of cluster.nodes) {
      expect(state.phase).toBe('founding');
      expect(state.identity.clusterId).toBeUndefined();
    }
    const request = cluster.propose(0, record(1n, 'too early'));
    cluster.settle();
    expect(cluster.answer(0, request)).toMatchObject({
      kind: 'unavailable',
      sentence: 'this replica waits for all its peers to answer, to found the cluster with them',
    });
    cluster.deliver = (): boolean => true;
    cluster.elect();
    expectFounded(cluster);
  });

  it('reaches a replica that missed it, though another never comes back and an old greeting of its own came late', () => {
    const cluster = new CalmCluster(3);
    const greetings: Uint8Array[] = [];
    // r1 hears r2, and r3 not at all; both hear r1, and found.
    cluster.deliver = (from, to, bytes): boolean => {
      if (from === 0 && to === 1 && describeMessage(bytes)?.type === 'hello') greetings.push(bytes);
      if (to !== 0) return true;
      return from === 1 && cluster.node(1).state.phase === 'founding';
    };
    cluster.run(400);
    expect(cluster.nodes.map((node) => node.state.phase)).toEqual(['founding', 'member', 'member']);
    // Now r3 is gone, and a greeting from before r1 heard of any cluster arrives at r2 once more.
    const [old] = greetings;
    if (old === undefined) throw new Error('r1 greeted r2');
    cluster.post(1, { kind: 'message', now: cluster.now, bytes: old });
    cluster.run(10);
    cluster.deliver = (from, to): boolean => from !== 2 && to !== 2;
    cluster.run(5_000);
    expect(cluster.node(0).state.phase).toBe('member');
    expect(cluster.node(0).state.identity.clusterId).toBe(cluster.node(1).state.identity.clusterId);
  });

  it('cannot make two clusters, each with a quorum, when a member is lost before all are bound', () => {
    const cluster = new CalmCluster(3);
    // r1 hears r3 from before there was a cluster, and nobody who belongs to one: r2 and r3 found without it.
    cluster.deliver = (from, to): boolean => to !== 0 || (from === 2 && cluster.node(2).state.phase === 'founding');
    cluster.run(5_000);
    expect(cluster.nodes.map((node) => node.state.phase)).toEqual(['founding', 'member', 'member']);
    // Nobody may store anything yet.
    expect(cluster.leader()).toBeUndefined();
    // r2 loses its disk, r3 is away: what r1 and the new r2 found, they alone may elect no leader of either.
    cluster.node(1).files.clear();
    cluster.restart(1);
    cluster.deliver = (from, to): boolean => from !== 2 && to !== 2;
    cluster.run(5_000);
    expect(cluster.leader()).toBeUndefined();
  });

  it('of one replica alone needs nobody, at whatever crash', () => {
    const cluster = new CalmCluster(1);
    cluster.settle();
    expect(cluster.node(0).state.phase).toBe('member');
    const { clusterId, incarnation } = cluster.node(0).state.identity;
    cluster.restart(0);
    cluster.settle();
    expect(cluster.node(0).state.identity).toMatchObject({ clusterId, incarnation, boot: 2 });
  });
});
