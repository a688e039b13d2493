import fs from 'node:fs';
import path from 'node:path';
import { TestCluster } from '../../server/testing/cluster.ts';
import { parsePublished } from '../../server/testing/published_format.ts';
import { postBytes } from '../load/http_connection.ts';

/** The data of every record: its LSN, then filler. */
export function dataOf(lsn: bigint, bytes: number): Buffer {
  const data = Buffer.alloc(bytes, 'v');
  if (bytes >= 8) data.writeBigUInt64LE(lsn);
  return data;
}

/** Requests that make one chain: each record names the one before it, over however many connections. */
export class RecordRequests {
  readonly bytes: number;
  #last = 0;
  readonly #filler: string;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#filler = Buffer.alloc(bytes, 'v').toString('base64');
  }

  /** The LSN of the last one that was made. */
  get last(): number {
    return this.#last;
  }

  readonly next = (): string => {
    const previous = this.#last;
    this.#last += 1;
    return postBytes('/api/v1/stream_wal', `{"lsn":${this.#last},"prev_lsn":${previous},"wal_data":"${this.#filler}"}`);
  };
}

/** `wal_<lsn>` files by their first LSN. */
function inOrder(names: readonly string[]): readonly string[] {
  const first = (name: string): number => Number(name.slice('wal_'.length));
  return [...names].sort((one, other) => first(one) - first(other));
}

/**
 * Every record up to this LSN is on a majority of the disks, once: by the files alone, read as the published format says.
 * @throws Error when one is not.
 */
export function requireMajority(cluster: TestCluster, lastLsn: number): void {
  const copies = new Uint8Array(lastLsn + 1);
  for (const { directory } of cluster.replicas) {
    const folder = path.join(directory, 'wal');
    let before = 0n;
    for (const name of inOrder(fs.readdirSync(folder))) {
      for (const { lsn } of parsePublished(fs.readFileSync(path.join(folder, name)))) {
        if (lsn <= before) throw new Error(`${folder} has LSN ${lsn} behind LSN ${before}`);
        before = lsn;
        if (lsn <= BigInt(lastLsn)) copies[Number(lsn)] = (copies[Number(lsn)] ?? 0) + 1;
      }
    }
  }
  const quorum = Math.floor(cluster.replicas.length / 2) + 1;
  for (let lsn = 1; lsn <= lastLsn; lsn++) {
    if ((copies[lsn] ?? 0) < quorum)
      throw new Error(`LSN ${lsn} was acknowledged and is on ${copies[lsn]} disks of ${cluster.replicas.length}`);
  }
}
