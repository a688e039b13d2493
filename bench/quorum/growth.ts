import { SafekeeperClient } from '../../client/index.ts';
import { TestCluster } from '../../server/testing/cluster.ts';
import { processorMicros, residentBytes } from './resident.ts';
import { dataOf, requireMajority } from './safekeepers.ts';

const RECORDS = 10_000_000;
const BYTES = 128;
/** How many records before each mark its rate is taken over. */
const MARKS = [10_000, 100_000, 300_000, 1_000_000, 2_000_000, 4_000_000, 6_000_000, 8_000_000, 10_000_000] as const;
const SPAN = 200_000;

export interface GrowthFigures {
  readonly marks: readonly {
    readonly records: number;
    /** Over the last records before the mark: at most 200,000. */
    readonly perSecond: number;
    /** Of the leader's and the followers' processors, for each record of them. */
    readonly processorMicrosPerRecord: number;
    readonly residentBytesMost: number;
  }[];
}

/** One stream, from an empty log to ten million records. */
export async function measureGrowth(say: (line: string) => void): Promise<GrowthFigures> {
  const cluster = await TestCluster.start(3);
  const client = new SafekeeperClient({ urls: cluster.replicas.map(({ url }) => url) });
  try {
    const stream = client.openStream({ previousLsn: 0n });
    const marks: GrowthFigures['marks'][number][] = [];
    let lsn = 0n;
    const writeUpTo = async (last: number): Promise<void> => {
      while (lsn < BigInt(last)) {
        lsn += 1n;
        await stream.write({ lsn, data: dataOf(lsn, BYTES) });
      }
      await stream.flush();
    };
    for (const records of MARKS.filter((mark) => mark <= RECORDS)) {
      const span = Math.min(SPAN, records / 2);
      await writeUpTo(records - span);
      const startMs = performance.now();
      const before = processorMicros(cluster);
      await writeUpTo(records);
      marks.push({
        records,
        perSecond: span / ((performance.now() - startMs) / 1_000),
        processorMicrosPerRecord: (processorMicros(cluster) - before) / span,
        residentBytesMost: Math.max(...cluster.replicas.map(residentBytes)),
      });
      say(`growth: ${records.toLocaleString('en-US')} records`);
    }
    await stream.end();
    requireMajority(cluster, Number(lsn));
    return { marks };
  } finally {
    await client.close();
    await cluster.close();
  }
}
