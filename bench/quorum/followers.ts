import { SafekeeperClient } from '../../client/index.ts';
import { TestCluster, type TestReplica } from '../../server/testing/cluster.ts';
import { waitFor } from '../../server/testing/wait.ts';
import { quantile } from '../load/closed_loop.ts';
import { residentBytes } from './resident.ts';
import { dataOf } from './safekeepers.ts';

const BYTES = 128;
const FULL_SPEED_SECONDS = 8;
const CROWD = 1_000;
const CROWD_RECORDS = 200;
const CROWD_PER_SECOND = 20;

export interface FollowerFigures {
  /** One follower of the leader while one stream writes as fast as it can. */
  readonly oneAtFullSpeed: {
    readonly writtenPerSecond: number;
    readonly deliveredPerSecond: number;
    /** How long after the last acknowledgement the last record came. */
    readonly behindMs: number;
  };
  /** A thousand followers of one replica, and 20 records a second. */
  readonly crowds: readonly {
    readonly of: 'leader' | 'follower';
    /** From the acknowledgement of the writer to the delivery, over all followers; negative: before it. */
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly residentBytesBefore: number;
    readonly residentBytesAfter: number;
  }[];
}

export async function measureFollowers(say: (line: string) => void): Promise<FollowerFigures> {
  const oneAtFullSpeed = await one();
  say('followers: one at full speed');
  const crowds = [await crowd('leader'), await crowd('follower')];
  say(`followers: ${CROWD} of each`);
  return { oneAtFullSpeed, crowds };
}

async function one(): Promise<FollowerFigures['oneAtFullSpeed']> {
  const cluster = await TestCluster.start(3);
  const client = clientOf(cluster);
  try {
    const leader = await cluster.leader();
    const stop = new AbortController();
    let delivered = 0n;
    const following = (async () => {
      for await (const { lsn } of client.follow({}, { from: leader.url, signal: stop.signal })) {
        if (lsn !== delivered + 1n) throw new Error(`${lsn} was delivered after ${delivered}`);
        delivered = lsn;
      }
    })().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
    const stream = client.openStream({ previousLsn: 0n });
    const startMs = performance.now();
    let lsn = 0n;
    while (performance.now() - startMs < FULL_SPEED_SECONDS * 1_000) {
      for (let count = 0; count < 100; count++) {
        lsn += 1n;
        await stream.write({ lsn, data: dataOf(lsn, BYTES) });
      }
    }
    await stream.end();
    const writtenMs = performance.now();
    await waitFor('the follower to have all', async () => delivered === lsn || undefined);
    const deliveredMs = performance.now();
    stop.abort();
    await following;
    return {
      writtenPerSecond: Number(lsn) / ((writtenMs - startMs) / 1_000),
      deliveredPerSecond: Number(lsn) / ((deliveredMs - startMs) / 1_000),
      behindMs: deliveredMs - writtenMs,
    };
  } finally {
    await client.close();
    await cluster.close();
  }
}

async function crowd(of: 'leader' | 'follower'): Promise<FollowerFigures['crowds'][number]> {
  const cluster = await TestCluster.start(3);
  const client = clientOf(cluster);
  try {
    const leader = await cluster.leader();
    const replica = cluster.replicas.find((its) => (its === leader) === (of === 'leader')) as TestReplica;
    const residentBytesBefore = residentBytes(replica);
    const stop = new AbortController();
    const arrivals: number[][] = Array.from({ length: CROWD_RECORDS + 1 }, () => []);
    let delivered = 0;
    const following = Array.from({ length: CROWD }, async () => {
      for await (const { lsn } of client.follow({}, { from: replica.url, signal: stop.signal })) {
        arrivals[Number(lsn)]?.push(performance.now());
        delivered += 1;
      }
    });
    const settled = Promise.allSettled(following);
    await waitFor('all to follow', async () => {
      return (await replica.prometheus('safekeeper_streams_open', { direction: 'out' })) === CROWD || undefined;
    });
    const acknowledgedMs: number[] = [];
    const stream = client.openStream({
      previousLsn: 0n,
      onAcknowledged: ({ lsn }) => void (acknowledgedMs[Number(lsn)] = performance.now()),
    });
    for (let lsn = 1n; lsn <= BigInt(CROWD_RECORDS); lsn++) {
      await stream.write({ lsn, data: dataOf(lsn, BYTES) });
      await new Promise((resolve) => setTimeout(resolve, 1_000 / CROWD_PER_SECOND));
    }
    await stream.end();
    await waitFor('all to have all', async () => delivered === CROWD * CROWD_RECORDS || undefined);
    const residentBytesAfter = residentBytes(replica);
    stop.abort();
    await settled;
    const latenciesMs = arrivals.flatMap((its, lsn) => its.map((atMs) => atMs - (acknowledgedMs[lsn] ?? Number.NaN)));
    return {
      of,
      p50Ms: quantile(latenciesMs, 0.5),
      p99Ms: quantile(latenciesMs, 0.99),
      residentBytesBefore,
      residentBytesAfter,
    };
  } finally {
    await client.close();
    await cluster.close();
  }
}

function clientOf(cluster: TestCluster): SafekeeperClient {
  return new SafekeeperClient({ urls: cluster.replicas.map(({ url }) => url) });
}
