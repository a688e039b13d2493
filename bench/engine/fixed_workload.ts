import { median } from '../median.ts';
import { type Duration, stopwatch } from '../stopwatch.ts';
import { PlainCluster } from './plain_cluster.ts';

/** The workload, always the same so that figures can be compared. */
const REPLICAS = 3;
const RECORDS_IN_FLIGHT = 32;
const RECORD_BYTES = 128;
/** Virtual time goes on by a millisecond for so many records, as on a machine that commits 100,000 in a second. */
const RECORDS_PER_MS = 100;

const RECORDS_PER_ROUND = 40_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 7;

export interface EngineFigures {
  /** Records answered as stored, for each real second: the median round. */
  readonly recordsPerSecond: number;
  readonly slowestRound: number;
  readonly fastestRound: number;
  /** The same as `recordsPerSecond` for each second of the processor's work, that of the garbage collector included. */
  readonly recordsPerProcessorSecond: number;
  /** Events that the three engines took for each record. */
  readonly eventsPerRecord: number;
}

/** Three replicas, one client with 32 records of 128 bytes in flight, no faults. */
export function measureEngine(): EngineFigures {
  const rates: number[] = [];
  const processorRates: number[] = [];
  let eventsPerRecord = 0;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const { took, events } = commitRecords();
    if (round >= 0) {
      rates.push(RECORDS_PER_ROUND / took.seconds);
      processorRates.push(RECORDS_PER_ROUND / took.processorSeconds);
    }
    eventsPerRecord = events / RECORDS_PER_ROUND;
  }
  return {
    recordsPerSecond: median(rates),
    slowestRound: Math.min(...rates),
    fastestRound: Math.max(...rates),
    recordsPerProcessorSecond: median(processorRates),
    eventsPerRecord,
  };
}

/** One round, on a fresh cluster so that memory stays flat. Founding and election are not part of the time. */
function commitRecords(): { readonly took: Duration; readonly events: number } {
  const cluster = new PlainCluster(REPLICAS);
  const leader = cluster.elect();
  let sent = 0;
  let stored = 0;
  const send = (): void => {
    sent += 1;
    cluster.post(leader, {
      kind: 'propose',
      now: cluster.now,
      request: sent,
      proposal: {
        kind: 'record',
        lsn: BigInt(sent) * 1_000n,
        data: new Uint8Array(RECORD_BYTES).fill(sent),
        spaceId: undefined,
        pageNo: undefined,
        previousLsn: undefined,
        generation: 0,
      },
    });
  };
  cluster.answered = (_request, answer) => {
    if (answer.kind !== 'stored') throw new Error(`a record was answered with "${answer.kind}"`);
    stored += 1;
    if (stored % RECORDS_PER_MS === 0) cluster.pass(1);
    if (sent < RECORDS_PER_ROUND) send();
  };
  const eventsBefore = cluster.events;
  const stop = stopwatch();
  for (let client = 0; client < RECORDS_IN_FLIGHT; client++) send();
  cluster.settle();
  const took = stop();
  if (stored !== RECORDS_PER_ROUND) throw new Error(`${stored} of ${RECORDS_PER_ROUND} records were answered`);
  return { took, events: cluster.events - eventsBefore };
}
