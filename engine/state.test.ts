import { describe, expect, it } from 'vitest';
import { crc32c } from './bytes/crc32c.ts';
import { IntMap } from './collections/int_map.ts';
import type { NodeState } from './state.ts';
import { createNode, step } from './step.ts';
import type { CalmNode } from './testing/calm_cluster.ts';
import { CalmCluster } from './testing/calm_cluster.ts';
import { record } from './testing/records.ts';
import { DEFAULT_LIMITS } from './vocabulary/config.ts';

/**
 * Watches every state a node ever has: plain objects and arrays are frozen, so that a step that would change one
 * throws; bytes and maps, which cannot be frozen, are remembered as they were.
 */
class Guard {
  states = 0;
  private readonly seen = new WeakSet<object>();
  private readonly bytes = new Map<Uint8Array, number>();
  private readonly maps = new Map<IntMap<unknown>, readonly [number, unknown][]>();

  watch(node: CalmNode): void {
    let current = node.state;
    this.freeze(current);
    Object.defineProperty(node, 'state', {
      get: () => current,
      set: (state: NodeState) => {
        current = state;
        this.states += 1;
        this.freeze(state);
      },
    });
  }

  /** What has changed although it must not. */
  violations(): string[] {
    const found: string[] = [];
    for (const [bytes, checksum] of this.bytes) {
      if (crc32c(bytes) !== checksum) found.push(`${bytes.length} bytes of a state were changed`);
    }
    for (const [map, content] of this.maps) {
      const now = [...map.entries()];
      const same =
        now.length === content.length &&
        now.every(([key, value], i) => content[i]?.[0] === key && content[i][1] === value);
      if (!same || map.size !== content.length) found.push(`a map of ${content.length} keys was changed`);
    }
    return found;
  }

  private freeze(value: unknown): void {
    if (typeof value !== 'object' || value === null || this.seen.has(value)) return;
    this.seen.add(value);
    if (value instanceof Uint8Array) {
      this.bytes.set(value, crc32c(value));
    } else if (value instanceof IntMap) {
      const content = [...(value as IntMap<unknown>).entries()];
      this.maps.set(value, content);
      for (const [, one] of content) this.freeze(one);
    } else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && !Array.isArray(value)) throw new Error('a state holds an unknown class');
      Object.freeze(value);
      for (const one of Object.values(value)) this.freeze(one);
    }
  }
}

describe('a node state', () => {
  it('never changes: not over elections, writes, reads, refusals, truncations, restarts and shutdowns', () => {
    const cluster = new CalmCluster(3, { segmentBytes: 100, limits: { ...DEFAULT_LIMITS, tailEntriesMax: 8 } });
    const guard = new Guard();
    for (const node of cluster.nodes) guard.watch(node);
    let leader = cluster.elect();
    for (let lsn = 1n; lsn <= 60n; lsn++) cluster.propose(leader, record(lsn, `record ${lsn}`));
    cluster.propose(leader, record(70n, 'too early', { previousLsn: 65n }));
    cluster.propose(leader, record(30n, 'another'));
    cluster.propose(leader, { kind: 'generation', generation: 3 });
    cluster.run(500);
    cluster.read(leader, { kind: 'record', lsn: 5n }, 'linearizable');
    cluster.run(200);
    // The leader goes on alone; what it takes is replaced when it comes back.
    const old = leader;
    cluster.deliver = (from, to): boolean => from !== old && to !== old;
    for (let lsn = 61n; lsn <= 70n; lsn++) cluster.propose(old, record(lsn, 'lost', { generation: 3 }));
    cluster.run(3_000);
    leader = cluster.nodes.findIndex(({ state }, i) => i !== old && state.replica.role === 'leader');
    expect(leader).toBeGreaterThanOrEqual(0);
    for (let lsn = 61n; lsn <= 64n; lsn++) cluster.propose(leader, record(lsn, 'kept', { generation: 3 }));
    cluster.run(500);
    cluster.deliver = (): boolean => true;
    cluster.run(1_000);
    expect(cluster.node(old).observations.map((one) => one.what)).toContain('truncated');
    for (let i = 0; i < 3; i++) {
      cluster.restart(i);
      cluster.run(1_500);
    }
    leader = cluster.elect();
    cluster.post(leader, { kind: 'shutdown', now: cluster.now });
    cluster.run(2_000);
    expect(cluster.node(leader).halted).toBe('stopped as asked');
    expect(guard.states).toBeGreaterThan(500);
    expect(guard.violations()).toEqual([]);
  });

  it('taken twice through the same event gives the same node and the same effects', () => {
    const cluster = new CalmCluster(1);
    cluster.elect();
    const { state } = cluster.node(0);
    const event = { kind: 'propose', now: cluster.now, request: 9, proposal: record(5n, 'five') } as const;
    expect(step(state, event)).toEqual(step(state, event));
    expect(step(state, event).node.journal.lastLsn).toBe(5n);
    expect(state.journal.lastLsn).toBe(0n);
  });

  it('is the same for the same seed, and another for another', () => {
    const config = new CalmCluster(1).config(0);
    expect(createNode(config, 1)).toEqual(createNode(config, 1));
    expect(createNode(config, 1)).not.toEqual(createNode(config, 2));
  });
});
