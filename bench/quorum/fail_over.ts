import { SafekeeperClient } from '../../client/index.ts';
import { TestCluster } from '../../server/testing/cluster.ts';
import { waitFor } from '../../server/testing/wait.ts';
import { quantile } from '../load/closed_loop.ts';
import { dataOf, requireMajority } from './safekeepers.ts';

const KILLS = 50;
const BYTES = 128;

export interface FailOverFigures {
  readonly kills: number;
  /** From SIGKILL of the leader to the next acknowledgement, with the default timings. */
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly longestMs: number;
  readonly records: number;
}

/** A writer with one record open at a time, whose leader is killed again and again. */
export async function measureFailOver(say: (line: string) => void): Promise<FailOverFigures> {
  const cluster = await TestCluster.start(3);
  const client = new SafekeeperClient({ urls: cluster.replicas.map(({ url }) => url) });
  try {
    let acknowledged = 0n;
    let isOver = false;
    const stream = client.openStream({ previousLsn: 0n, onAcknowledged: ({ lsn }) => void (acknowledged = lsn) });
    const writing = (async () => {
      for (let lsn = 1n; !isOver; lsn++) {
        await stream.write({ lsn, data: dataOf(lsn, BYTES) });
        await stream.flush();
      }
    })();
    const tookMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const leader = await cluster.leader();
      const before = acknowledged;
      await waitFor('writing to go on', async () => acknowledged > before + 20n || undefined);
      const ended = leader.end('SIGKILL');
      const killedMs = performance.now();
      await ended;
      const atDeath = acknowledged;
      while (acknowledged === atDeath) await new Promise((resolve) => setTimeout(resolve, 1));
      tookMs.push(performance.now() - killedMs);
      leader.start();
      await waitFor('everybody to be there', async () => {
        const states = await Promise.all(cluster.replicas.map((replica) => replica.metric('state')));
        return states.every((state) => state !== undefined) || undefined;
      });
      await cluster.caughtUp(acknowledged);
      if ((kill + 1) % 10 === 0) say(`fail-over: ${kill + 1} of ${KILLS} kills`);
    }
    isOver = true;
    await writing;
    const { recordCount } = await stream.end();
    // Each LSN once in the files of a majority, and none that was not written.
    requireMajority(cluster, recordCount);
    return {
      kills: KILLS,
      medianMs: quantile(tookMs, 0.5),
      p90Ms: quantile(tookMs, 0.9),
      longestMs: Math.max(...tookMs),
      records: recordCount,
    };
  } finally {
    await client.close();
    await cluster.close();
  }
}
