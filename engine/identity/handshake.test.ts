import { describe, expect, it } from 'vitest';
import { createNode } from '../step.ts';
import type { CalmNode } from '../testing/calm_cluster.ts';
import { CalmCluster } from '../testing/calm_cluster.ts';
import { record } from '../testing/records.ts';
import type { NodeConfig } from '../vocabulary/config.ts';
import { describeMessage } from '../wire/describe.ts';

function reconfigure(cluster: CalmCluster, i: number, change: Partial<NodeConfig>): void {
  cluster.node(i).state = createNode(cluster.config(i, change), 50 + i);
}

/** Why this node says it turned a peer away, or was turned away. */
function refusals(node: CalmNode): string[] {
  return node.observations.flatMap((observation) => (observation.what === 'refused' ? [observation.sentence] : []));
}

function copyOf(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].map(([name, bytes]) => [name, bytes.slice()]));
}

function replaceFiles(node: CalmNode, files: ReadonlyMap<string, Uint8Array>): void {
  node.files.clear();
  for (const [name, bytes] of files) node.files.set(name, bytes);
}

function founded(count = 3): CalmCluster {
  const cluster = new CalmCluster(count);
  cluster.elect();
  cluster.run(500);
  return cluster;
}

describe('before the founding', () => {
  it('two replicas of one id are refused, by each other and by those who hear both', () => {
    const cluster = new CalmCluster(3);
    reconfigure(cluster, 1, { replicaId: 'r1' });
    cluster.run(3_000);
    for (const node of cluster.nodes) expect(node.state.phase).toBe('founding');
    expect(refusals(cluster.node(0))).toContain(
      'two replicas call themselves r1, one of them at http://r2:8090: give each its own -replica-id',
    );
    expect(refusals(cluster.node(2)).join()).toContain('both call themselves r1: give each its own -replica-id');
    expect(cluster.node(0).state.trouble).toContain('give each its own -replica-id');
  });

  it('different sets of replicas are refused, with both sets', () => {
    const cluster = new CalmCluster(3);
    reconfigure(cluster, 2, { peerUrls: ['http://r1:8090'] });
    cluster.run(3_000);
    for (const node of cluster.nodes) expect(node.state.phase).toBe('founding');
    expect(refusals(cluster.node(0))).toContain(
      'r3 was told of the replicas http://r1:8090, http://r3:8090, and r1 of http://r1:8090, http://r2:8090, http://r3:8090: give every replica the same set by -advertise and -peers',
    );
    const read = cluster.read(0, { kind: 'latest' }, 'local');
    cluster.settle();
    expect(cluster.answer(0, read)).toMatchObject({ kind: 'unavailable', sentence: cluster.node(0).state.trouble });
  });

  it('refusals end when what they complained of is put right', () => {
    const cluster = new CalmCluster(3);
    reconfigure(cluster, 2, { peerUrls: ['http://r1:8090'] });
    cluster.run(1_000);
    reconfigure(cluster, 2, {});
    cluster.start(2);
    cluster.elect();
    for (const node of cluster.nodes) expect(node.state).toMatchObject({ phase: 'member', trouble: undefined });
  });

  it('a refusal that was for an earlier start changes nothing', () => {
    const cluster = new CalmCluster(2);
    reconfigure(cluster, 1, { peerUrls: ['http://r1:8090', 'http://r9:8090'] });
    const refused: Uint8Array[] = [];
    cluster.deliver = (_, to, bytes): boolean => {
      if (to === 1 && describeMessage(bytes)?.type === 'refuse') refused.push(bytes);
      return true;
    };
    cluster.run(1_000);
    expect(refused.length).toBeGreaterThan(0);
    cluster.deliver = (): boolean => false;
    reconfigure(cluster, 1, {});
    cluster.start(1);
    cluster.settle();
    for (const bytes of refused) cluster.post(1, { kind: 'message', now: cluster.now, bytes });
    cluster.settle();
    expect(cluster.node(1).state.trouble).toBeUndefined();
  });
});

describe('a directory', () => {
  it('of another replica is not opened', () => {
    const cluster = founded();
    replaceFiles(cluster.node(1), copyOf(cluster.node(0).files));
    cluster.restart(1);
    cluster.settle();
    expect(cluster.node(1).halted).toBe(
      'the data directory belongs to replica r1, and this one is r2: give each replica its own -data-dir',
    );
  });

  it('of the earlier prototype is not opened', () => {
    const cluster = new CalmCluster(1);
    cluster.node(0).files.set('wal_1000', Uint8Array.of(1));
    cluster.restart(0);
    cluster.settle();
    expect(cluster.node(0).halted).toContain('the data directory holds wal_1000, the layout of the earlier prototype');
  });

  it('without its identity, or with both copies of a file damaged, is not opened', () => {
    const damage: [string, string][] = [
      ['identity', 'both copies of the identity file are damaged'],
      ['term-and-vote', 'the term-and-vote file is missing or damaged in both copies'],
      ['control/control_1_0', 'the membership of the cluster is missing or damaged in both copies'],
    ];
    for (const [file, sentence] of damage) {
      const cluster = founded();
      const bytes = cluster.node(0).files.get(file)?.slice() ?? new Uint8Array(0);
      for (const at of [5, 4096 + 5]) bytes[at] = (bytes[at] ?? 0) ^ 1;
      cluster.node(0).files.set(file, bytes);
      cluster.restart(0);
      cluster.settle();
      expect(cluster.node(0).halted).toContain(sentence);
    }
    const missing: [string, string][] = [
      ['identity', 'holds a log but its identity file is missing'],
      ['term-and-vote', 'the term-and-vote file is missing'],
      ['control/control_1_0', 'the membership of the cluster is missing'],
      ['identifiers/identifiers_1', 'the membership of the cluster is missing'],
    ];
    for (const [file, sentence] of missing) {
      const cluster = founded();
      cluster.node(0).files.delete(file);
      cluster.restart(0);
      cluster.settle();
      expect(cluster.node(0).halted).toContain(sentence);
    }
  });

  it('of another cluster is refused by name', () => {
    const cluster = founded();
    const other = founded();
    // The same disk names, drawn of other entropy.
    const stranger = new CalmCluster(3);
    stranger.run(7);
    for (let i = 0; i < 3; i++) {
      stranger.node(i).files.clear();
      stranger.restart(i);
    }
    stranger.elect();
    expect(other.node(0).state.identity.clusterId).toBe(cluster.node(0).state.identity.clusterId);
    expect(stranger.node(0).state.identity.clusterId).not.toBe(cluster.node(0).state.identity.clusterId);
    replaceFiles(cluster.node(1), copyOf(stranger.node(1).files));
    cluster.restart(1);
    cluster.run(2_000);
    const { clusterId } = cluster.node(0).state.identity;
    expect(refusals(cluster.node(0)).join()).toContain(
      `this is cluster ${clusterId}: its -peers or its -data-dir is not`,
    );
    expect(refusals(cluster.node(1)).join()).toContain(
      `r1 refuses this replica: r2 at http://r2:8090 belongs to cluster`,
    );
  });

  it('that is empty does not take the place of the one a cluster was founded with', () => {
    const cluster = founded();
    cluster.node(2).files.clear();
    cluster.restart(2);
    cluster.run(3_000);
    const { state } = cluster.node(2);
    expect(state.phase).toBe('founding');
    expect(state.trouble).toMatch(/empty/);
    expect(refusals(cluster.node(0)).join()).toContain(
      'r3 at http://r3:8090 comes with an empty or foreign data directory',
    );
    const contact = cluster.node(0).state.identity.contacts.find((one) => one.replicaId === 'r3');
    expect(contact?.incarnation).not.toBe(state.identity.incarnation);
    // The two others go on without it.
    const leader = cluster.elect();
    const request = cluster.propose(leader, record(1n, 'two of three'));
    cluster.run(300);
    expect(cluster.answer(leader, request)).toEqual({ kind: 'stored', lsn: 1n });
  });

  it('that is empty, of a replica the cluster was founded without, is told so', () => {
    const cluster = founded();
    cluster.node(2).files.clear();
    reconfigure(cluster, 2, { replicaId: 'r4' });
    cluster.start(2);
    cluster.run(1_000);
    cluster.restart(0);
    cluster.run(1_000);
    const { clusterId } = cluster.node(0).state.identity;
    expect(refusals(cluster.node(2)).join()).toContain(`cluster ${clusterId} was founded without r4`);
    expect(refusals(cluster.node(0)).join()).toContain(`r4 is not a member of cluster ${clusterId}`);
    expect(cluster.node(2).state.phase).toBe('founding');
  });

  it('restored from an old copy is refused by whoever remembers more, also after a start of its own', () => {
    const cluster = founded();
    const leader = cluster.elect();
    const victim = (leader + 1) % 3;
    cluster.restart(victim);
    cluster.run(500);
    const old = copyOf(cluster.node(victim).files);
    for (let lsn = 1n; lsn <= 5n; lsn++) cluster.propose(cluster.elect(), record(lsn, 'later'));
    cluster.run(500);
    cluster.restart(victim);
    cluster.run(1_000);
    for (let i = 0; i < 3; i++) if (i !== victim) cluster.restart(i);
    cluster.run(2_000);
    replaceFiles(cluster.node(victim), old);
    cluster.restart(victim);
    cluster.run(2_000);
    for (let i = 0; i < 3; i++) {
      if (i === victim) continue;
      expect(refusals(cluster.node(i)).join()).toContain(
        'the directory was restored from an old copy, and counts as lost',
      );
      // It forgets the process it knew, and remembers what it has written down.
      cluster.restart(i);
    }
    cluster.run(2_000);
    for (let i = 0; i < 3; i++) {
      if (i === victim) continue;
      expect(refusals(cluster.node(i)).join()).toContain(
        `r${victim + 1} came back with an older state than it had (start 3,`,
      );
      expect(cluster.node(i).state.identity.contacts.map((one) => one.replicaId)).not.toContain(`r${victim + 1}`);
    }
    expect(refusals(cluster.node(victim)).join()).toContain('was restored from an old copy, and counts as lost');
  });

  it('restored from an old copy is refused however often it is started then', () => {
    const cluster = founded();
    const leader = cluster.elect();
    const victim = (leader + 1) % 3;
    const old = copyOf(cluster.node(victim).files);
    cluster.restart(victim);
    cluster.run(1_000);
    expect(cluster.node(victim).state.identity.boot).toBe(2);
    replaceFiles(cluster.node(victim), old);
    // Nobody hears of the starts that the others have seen already.
    cluster.deliver = (from, to): boolean => from !== victim && to !== victim;
    for (let start = 2; start <= 5; start++) {
      cluster.restart(victim);
      cluster.run(50);
    }
    for (let i = 0; i < 3; i++) if (i !== victim) cluster.restart(i);
    cluster.deliver = (): boolean => true;
    cluster.run(2_000);
    expect(cluster.node(victim).state.identity.boot).toBe(5);
    for (let i = 0; i < 3; i++) {
      if (i === victim) continue;
      expect(cluster.node(i).state.identity.contacts.map((one) => one.replicaId)).not.toContain(`r${victim + 1}`);
      expect(refusals(cluster.node(i)).join()).toContain(`r${victim + 1} came back with an older state than it had`);
    }
  });

  it('in use by two live processes is refused to the second', () => {
    const cluster = founded();
    const { files } = cluster.node(1);
    const copy = copyOf(files);
    cluster.restart(1);
    cluster.run(500);
    // Another process on a copy from before that start: it counts the same start, and draws another session.
    const first = cluster.node(1).state;
    replaceFiles(cluster.node(1), copy);
    cluster.run(3);
    cluster.restart(1);
    cluster.run(500);
    const second = cluster.node(1).state;
    expect(second.identity).toMatchObject({ boot: first.identity.boot, incarnation: first.identity.incarnation });
    expect(second.identity.session).not.toBe(first.identity.session);
    expect(refusals(cluster.node(0)).join()).toContain('two processes began start 2 of the data directory of r2');
    expect(cluster.node(0).state.identity.contacts.find((one) => one.replicaId === 'r2')?.session).toBe(
      first.identity.session,
    );
  });
});

describe('a peer', () => {
  it('that began anew is heard only after its handshake, and its earlier process no more', () => {
    const cluster = founded();
    const leader = cluster.elect();
    const other = (leader + 1) % 3;
    const stale: Uint8Array[] = [];
    cluster.deliver = (from, to, bytes): boolean => {
      if (from === other && to === leader) stale.push(bytes);
      return true;
    };
    cluster.run(1_000);
    cluster.deliver = (): boolean => true;
    cluster.restart(other);
    cluster.run(500);
    const before = cluster.node(leader).state.replica;
    const contact = cluster.node(leader).state.identity.contacts.find((one) => one.replicaId === `r${other + 1}`);
    expect(contact?.boot).toBe(2);
    cluster.deliver = (): boolean => false;
    for (const bytes of stale) cluster.post(leader, { kind: 'message', now: cluster.now, bytes });
    cluster.settle();
    expect(cluster.node(leader).state.replica).toEqual(before);
    expect(cluster.node(leader).state.identity.contacts).toContainEqual(contact);
  });

  it('is remembered across starts: which start it was, its term, what it acknowledged', () => {
    const cluster = founded();
    const leader = cluster.elect();
    for (let lsn = 1n; lsn <= 5n; lsn++) cluster.propose(leader, record(lsn, 'x'));
    cluster.run(500);
    for (let i = 0; i < 3; i++) if (i !== leader) cluster.restart(i);
    cluster.run(1_000);
    const { marks } = cluster.node(leader).state.identity;
    expect(marks).toHaveLength(2);
    for (const mark of marks) expect(mark).toMatchObject({ boot: 2, term: expect.any(Number) as number });
    cluster.restart(leader);
    cluster.deliver = (): boolean => false;
    cluster.settle();
    const kept = cluster.node(leader).state.identity.marks;
    expect(kept.map((mark) => [mark.replicaId, mark.boot])).toEqual(marks.map((mark) => [mark.replicaId, mark.boot]));
  });

  it('that is this replica itself, by another address, is said', () => {
    const cluster = new CalmCluster(2);
    reconfigure(cluster, 0, { advertiseUrl: 'http://elsewhere:1', peerUrls: ['http://r1:8090'] });
    cluster.run(500);
    expect(cluster.node(0).observations).toContainEqual({
      what: 'messageDropped',
      sentence: 'one of -peers is this replica itself, http://elsewhere:1',
    });
  });

  it('cannot harm with bytes that are no message', () => {
    const cluster = founded();
    const before = cluster.node(0).state;
    cluster.post(0, { kind: 'message', now: cluster.now, bytes: Uint8Array.of(1, 2, 3) });
    cluster.settle();
    expect(cluster.node(0).state.replica).toEqual(before.replica);
    expect(cluster.node(0).observations).toContainEqual({
      what: 'messageDropped',
      sentence: 'a peer message could not be read: it is damaged, or of another version',
    });
  });
});
