import type { EngineUnderTest } from '../engine_under_test.ts';
import type { EventQueue } from '../event_queue.ts';
import type { Replica } from '../process/replica.ts';
import { Ledger } from './ledger.ts';
import { PlatterLog } from './platter_log.ts';
import { ProposalBook } from './proposals.ts';

/** What the checkers share. */
export interface CheckContext {
  readonly engine: EngineUnderTest;
  readonly queue: EventQueue;
  readonly replicas: readonly Replica[];
  /** How many replicas are a quorum. */
  readonly majority: number;
  readonly platters: readonly PlatterLog[];
  readonly ledger: Ledger;
  readonly proposals: ProposalBook;
}

export function createContext(engine: EngineUnderTest, queue: EventQueue, replicas: readonly Replica[]): CheckContext {
  return {
    engine,
    queue,
    replicas,
    majority: Math.floor(replicas.length / 2) + 1,
    platters: replicas.map((replica) => new PlatterLog(replica.disk.files)),
    ledger: new Ledger(),
    proposals: new ProposalBook(),
  };
}

export function platterOf(context: CheckContext, replica: Replica): PlatterLog {
  const platter = context.platters[replica.number];
  if (platter === undefined) throw new RangeError(`no platter ${replica.number}`);
  return platter;
}
