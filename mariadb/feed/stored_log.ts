import type { SafekeeperClient, WalRecord } from '../../client/index.ts';

/** The log that is served. */
export interface StoredLog {
  /** The LSN of the last committed record; 0 when there is none. */
  latestLsn(): Promise<bigint>;
  /** What is committed by now, from this LSN on. */
  records(from: bigint): AsyncIterable<WalRecord>;
  /** The same, and then what is committed later, until `signal` fires. */
  follow(from: bigint, signal: AbortSignal): AsyncIterable<WalRecord>;
}

/** The log of a cluster. */
export function storedLogOf(client: SafekeeperClient): StoredLog {
  return {
    latestLsn: () => client.latestLsn(),
    records: (from) => client.records({ from }),
    follow: (from, signal) => client.follow({ from }, { signal, timeoutMs: Number.MAX_SAFE_INTEGER }),
  };
}
