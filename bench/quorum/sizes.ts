import { SafekeeperClient } from '../../client/index.ts';
import { TestCluster } from '../../server/testing/cluster.ts';
import { httpWorkers, runClosedLoop } from '../load/closed_loop.ts';
import { dataOf, RecordRequests, requireMajority } from './safekeepers.ts';

const REPLICAS = [1, 2, 3, 5, 7] as const;
const BYTES = [16, 128, 1_024, 16_384, 131_072, 1_048_576] as const;
const SECONDS = 3;

export interface SizeFigures {
  /** Records of 128 bytes, of 64 connections and of one stream. */
  readonly byReplicas: readonly {
    readonly replicas: number;
    readonly requestsPerSecond: number;
    readonly streamPerSecond: number;
  }[];
  /** One stream, three replicas. */
  readonly byBytes: readonly {
    readonly bytes: number;
    readonly perSecond: number;
    readonly megabytesPerSecond: number;
  }[];
}

export async function measureSizes(say: (line: string) => void): Promise<SizeFigures> {
  const byReplicas: SizeFigures['byReplicas'][number][] = [];
  for (const replicas of REPLICAS) {
    const cluster = await TestCluster.start(replicas);
    try {
      const leader = await cluster.leader();
      const requests = new RecordRequests(128);
      const { workers, close } = await httpWorkers(leader.port, 64, requests.next);
      await runClosedLoop(workers, SECONDS);
      const { perSecond } = await runClosedLoop(workers, SECONDS);
      close();
      const { rate, last } = await stream(cluster, 128, BigInt(requests.last));
      requireMajority(cluster, Number(last));
      byReplicas.push({ replicas, requestsPerSecond: perSecond, streamPerSecond: rate });
    } finally {
      await cluster.close();
    }
    say(`sizes: ${replicas} replicas`);
  }
  const byBytes: SizeFigures['byBytes'][number][] = [];
  const cluster = await TestCluster.start(3);
  try {
    let last = 0n;
    for (const bytes of BYTES) {
      const done = await stream(cluster, bytes, last);
      last = done.last;
      byBytes.push({ bytes, perSecond: done.rate, megabytesPerSecond: (done.rate * bytes) / 1e6 });
      say(`sizes: ${bytes} bytes`);
    }
    requireMajority(cluster, Number(last));
  } finally {
    await cluster.close();
  }
  return { byReplicas, byBytes };
}

async function stream(cluster: TestCluster, bytes: number, after: bigint): Promise<{ rate: number; last: bigint }> {
  const client = new SafekeeperClient({ urls: cluster.replicas.map(({ url }) => url) });
  const wal = client.openStream({ previousLsn: after });
  const startMs = performance.now();
  let last = after;
  while (performance.now() - startMs < SECONDS * 1_000) {
    last += 1n;
    await wal.write({ lsn: last, data: dataOf(last, bytes) });
  }
  await wal.end();
  const rate = Number(last - after) / ((performance.now() - startMs) / 1_000);
  await client.close();
  return { rate, last };
}
