import type { NodeConfig } from '../vocabulary/config.ts';
import { CalmCluster } from './calm_cluster.ts';
import { foundedCluster, opened } from './forge.ts';

const HANDSHAKES = new Set(['hello', 'refuse']);

/** A founded cluster of which only handshakes are delivered: the test says everything else. */
export function silentCluster(count: number, change: Partial<NodeConfig> = {}): CalmCluster {
  const cluster = foundedCluster(() => new CalmCluster(count, change));
  cluster.deliver = isHandshake;
  return cluster;
}

export function isHandshake(_from: number, _to: number, bytes: Uint8Array): boolean {
  return HANDSHAKES.has(opened(bytes).body.type);
}

/** Delivers nothing from or to these nodes; the others hear each other. */
export function isolate(cluster: CalmCluster, ...isolated: readonly number[]): void {
  cluster.deliver = (from, to) => !isolated.includes(from) && !isolated.includes(to);
}

export function heal(cluster: CalmCluster): void {
  cluster.deliver = () => true;
}
