import type { ScriptedRequest } from './script.ts';

/** Who asks the cluster for what. Every writer draws its records from the same line of LSNs. */
export interface Workload {
  readonly writers: readonly WriterParameters[];
  readonly readers: readonly ReaderParameters[];
  /** Requests one by one, for a scenario that is told: they come besides those of writers and readers. */
  readonly script?: readonly ScriptedRequest[];
  /** LSNs begin above this, in decimal. */
  readonly firstLsn: string;
  /** The gap between two LSNs, drawn from 1 to this. */
  readonly lsnGapMax: number;
  readonly records: RecordParameters;
  /** After this long without an answer a client tries elsewhere. */
  readonly requestTimeoutMs: number;
  /** How likely a client that gives up closes the connection, which the replica notices. */
  readonly cancels: number;
  /** How likely a client asks just any replica, as through a load balancer, not the one it takes for the leader. Absent: never. */
  readonly wanders?: number;
}

export interface RecordParameters {
  /** Usual sizes are drawn from 1 to this. */
  readonly bytesMax: number;
  /** How likely a record is empty. */
  readonly empty: number;
  /** How likely a record is large, and how large at most. */
  readonly large: number;
  readonly largeBytesMax: number;
}

/**
 * - `chained`: names each record's predecessor, so several connections may send out of order.
 * - `independent`: names none; a record overtaken by a later one is refused.
 * - `rival`: like independent, but all rivals write the same LSNs with their own bytes.
 * - `takeover`: chained; after a while, or when fenced, it raises the generation, reads where the log ends and goes on
 *   there, fencing the others, who do not know.
 * - `careless`: sends what no sensible client sends.
 */
export type WriterKind = 'chained' | 'independent' | 'rival' | 'takeover' | 'careless';

export interface WriterParameters {
  readonly kind: WriterKind;
  /** Records it may have without an answer. */
  readonly window: number;
  readonly connections: number;
  readonly recordsPerSecond: number;
  /** Writes for a while, pauses for a while: milliseconds each; 0: never pauses. */
  readonly burstMs: number;
  readonly idleMs: number;
}

export interface ReaderParameters {
  readonly readsPerSecond: number;
  /** The share of linearizable reads, the rest is local. */
  readonly linearizable: number;
  /** The share that asks for one record, the rest asks for the latest LSN. */
  readonly byLsn: number;
  /** The share of all that asks for a range of records instead. Absent: none. */
  readonly ranges?: number;
}
