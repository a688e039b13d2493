import { TestCluster } from '../../server/testing/cluster.ts';
import { httpWorkers, type LoadFigures, runClosedLoop } from '../load/closed_loop.ts';
import { median } from '../median.ts';
import { EtcdCluster, grpcPuts, putRequests } from './etcd.ts';
import { RecordRequests, requireMajority } from './safekeepers.ts';

const CONNECTIONS = [1, 16, 64, 256] as const;
const VALUE_BYTES = 128;
const ROUNDS = 5;
const SECONDS = 3;
const WARM_UP_SECONDS = 3;

/** Of several rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface RequestFigures {
  readonly connections: number;
  readonly safekeeper: Summary;
  readonly etcdGateway: Summary;
  readonly etcdGrpc: Summary;
  /** Safekeeper to etcd's gateway, of pairs that ran one after the other. */
  readonly ratio: Spread;
}

export interface Summary {
  readonly perSecond: Spread;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One record, or put, a request, with so many requests open at a time: three safekeepers beside three members of etcd, by turns. */
export async function measureRequests(say: (line: string) => void): Promise<readonly RequestFigures[]> {
  const cluster = await TestCluster.start(3);
  const etcd = await EtcdCluster.start();
  try {
    const leader = await cluster.leader();
    const records = new RecordRequests(VALUE_BYTES);
    const puts = putRequests(VALUE_BYTES);
    const subjects = {
      safekeeper: (count: number) => httpWorkers(leader.port, count, records.next),
      etcdGateway: (count: number) => httpWorkers(etcd.leaderPort, count, puts),
      etcdGrpc: async (count: number) => grpcPuts(etcd.leaderPort, count, VALUE_BYTES),
    };
    type Subject = keyof typeof subjects;
    const run = async (subject: Subject, count: number, seconds: number): Promise<LoadFigures> => {
      const { workers, close } = await subjects[subject](count);
      try {
        return await runClosedLoop(workers, seconds);
      } finally {
        close();
      }
    };
    const names = Object.keys(subjects) as Subject[];
    for (const name of names) await run(name, 64, WARM_UP_SECONDS);
    const found = new Map<string, LoadFigures[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const count of CONNECTIONS) {
        // By turns, each time beginning with another one.
        for (const name of [...names.slice(round % 3), ...names.slice(0, round % 3)]) {
          const figures = await run(name, count, SECONDS);
          found.set(`${name} ${count}`, [...(found.get(`${name} ${count}`) ?? []), figures]);
        }
      }
      say(`requests: round ${round + 1} of ${ROUNDS}`);
    }
    requireMajority(cluster, records.last);
    return CONNECTIONS.map((connections) => {
      const of = (name: Subject) => found.get(`${name} ${connections}`) ?? [];
      const [ours, theirs] = [of('safekeeper'), of('etcdGateway')];
      return {
        connections,
        safekeeper: summary(ours),
        etcdGateway: summary(theirs),
        etcdGrpc: summary(of('etcdGrpc')),
        ratio: spread(ours.map(({ perSecond }, round) => perSecond / (theirs[round]?.perSecond ?? Number.NaN))),
      };
    });
  } finally {
    etcd.close();
    await cluster.close();
  }
}

function summary(rounds: readonly LoadFigures[]): Summary {
  return {
    perSecond: spread(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
  };
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
