import { SafekeeperClient } from '../../client/index.ts';
import { TestCluster } from '../../server/testing/cluster.ts';
import { httpWorkers, runClosedLoop } from '../load/closed_loop.ts';
import { EtcdCluster, transactionRequests } from './etcd.ts';
import { type Spread, spread } from './requests.ts';
import { dataOf, requireMajority } from './safekeepers.ts';

const ROUNDS = 5;
const SECONDS = 4;
const PUTS = 100;

export interface StreamFigures {
  /** Acknowledged by the quorum, by one stream of the client library. */
  readonly recordsOf128: Spread;
  readonly recordsOf1024: Spread;
  /** Puts, in transactions of 100, of 128 bytes: over one connection, and over sixteen. */
  readonly etcdPuts1: Spread;
  readonly etcdPuts16: Spread;
  /** Records of 128 bytes to the faster of etcd's two. */
  readonly ratio: Spread;
}

/** One stream beside transactions of etcd, by turns. */
export async function measureStreams(say: (line: string) => void): Promise<StreamFigures> {
  const cluster = await TestCluster.start(3);
  const etcd = await EtcdCluster.start();
  const client = new SafekeeperClient({ urls: cluster.replicas.map(({ url }) => url) });
  let lsn = 0n;
  const stream = async (bytes: number, seconds: number): Promise<number> => {
    const wal = client.openStream({ previousLsn: lsn });
    const first = lsn;
    const startMs = performance.now();
    while (performance.now() - startMs < seconds * 1_000) {
      for (let count = 0; count < 100; count++) {
        lsn += 1n;
        await wal.write({ lsn, data: dataOf(lsn, bytes) });
      }
    }
    await wal.end();
    return Number(lsn - first) / ((performance.now() - startMs) / 1_000);
  };
  const transactions = async (connections: number): Promise<number> => {
    const { workers, close } = await httpWorkers(etcd.leaderPort, connections, transactionRequests(128, PUTS));
    const { perSecond } = await runClosedLoop(workers, SECONDS);
    close();
    return perSecond * PUTS;
  };
  try {
    await stream(128, SECONDS);
    await transactions(16);
    const [small, large, one, sixteen]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      small.push(await stream(128, SECONDS));
      one.push(await transactions(1));
      large.push(await stream(1_024, SECONDS));
      sixteen.push(await transactions(16));
      say(`streams: round ${round + 1} of ${ROUNDS}`);
    }
    requireMajority(cluster, Number(lsn));
    return {
      recordsOf128: spread(small),
      recordsOf1024: spread(large),
      etcdPuts1: spread(one),
      etcdPuts16: spread(sixteen),
      ratio: spread(small.map((rate, round) => rate / Math.max(one[round] ?? 0, sixteen[round] ?? 0))),
    };
  } finally {
    await client.close();
    etcd.close();
    await cluster.close();
  }
}
