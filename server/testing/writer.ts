import { createHash } from 'node:crypto';
import type { TestCluster } from './cluster.ts';
import { postJson } from './http_client.ts';

/** A replica that has not answered after this long may be stopped. */
const ATTEMPT_MS = 1_000;

/**
 * Writes one ordered log over several connections, each record naming its predecessor, and repeats what got no definite
 * answer, to whichever replica is next. Remembers what was acknowledged: that, and nothing else, must be there later.
 */
export class Writer {
  readonly #cluster: TestCluster;
  readonly #workers: readonly Promise<void>[];
  readonly #acknowledged: bigint[] = [];
  #last: bigint;
  #stopping = false;
  /** Whom to ask: the replica that answered last, until it fails someone. */
  #favourite = 0;
  #definite: string | undefined;
  readonly #waitsMs: number[] = [];
  #lastAcknowledgedAt = performance.now();

  constructor(cluster: TestCluster, from: bigint, connections = 8) {
    this.#cluster = cluster;
    this.#last = from;
    this.#workers = Array.from({ length: connections }, (_, place) => this.#work(place));
  }

  get acknowledged(): readonly bigint[] {
    return this.#acknowledged;
  }

  /** When the last acknowledgement of a record came, on this process's clock. */
  get lastAcknowledgedAt(): number {
    return this.#lastAcknowledgedAt;
  }

  /** The answer that ended the writing: one that no repetition can change. */
  get refusal(): string | undefined {
    return this.#definite;
  }

  /** How long a share of the records, 0 to 1, took at most, from the first attempt to the acknowledgement. */
  waitMs(share: number): number {
    const sorted = [...this.#waitsMs].sort((one, other) => one - other);
    return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  }

  get last(): bigint {
    return this.#last;
  }

  /** Lets what was begun come to its end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#workers);
    if (this.#definite !== undefined) throw new Error(`a record was refused: ${this.#definite}`);
  }

  async #work(place: number): Promise<void> {
    while (!this.#stopping && this.#definite === undefined) {
      const previous = this.#last;
      const lsn = previous + 1n + BigInt(place);
      this.#last = lsn;
      await this.#write(lsn, previous);
    }
  }

  async #write(lsn: bigint, previous: bigint): Promise<void> {
    const body = `{"lsn":${lsn},"prev_lsn":${previous},"wal_data":"${dataOf(lsn)}","space_id":1,"page_no":${lsn % 1000n}}`;
    const begun = performance.now();
    while (this.#definite === undefined) {
      const asked = this.#favourite;
      const replica = this.#cluster.replicas[asked];
      if (replica === undefined) throw new Error('no replicas');
      try {
        const answer = await postJson(`${replica.url}/api/v1/stream_wal`, body, {}, ATTEMPT_MS, replica.tls);
        if (answer.status === 200) {
          this.#acknowledged.push(lsn);
          this.#lastAcknowledgedAt = performance.now();
          this.#waitsMs.push(this.#lastAcknowledgedAt - begun);
          return;
        }
        // A gap says that the predecessor, which another connection repeats at this moment, did not arrive in time.
        if (answer.status < 500 && answer.status !== 429 && !answer.text.includes('"gap"'))
          this.#definite = answer.text;
      } catch {
        // No answer: it may be stored or not, and is sent again.
      }
      // Those who failed together must not skip replicas together.
      if (this.#favourite === asked) this.#favourite = (asked + 1) % this.#cluster.replicas.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The data of a record, base64, derived from its LSN: from nothing to 5 KB. */
export function dataOf(lsn: bigint): string {
  const seed = createHash('sha256').update(lsn.toString()).digest();
  const size = seed.readUInt16LE(0) % 5_000;
  const bytes = Buffer.alloc(lsn % 17n === 0n ? 0 : size);
  for (let at = 0; at < bytes.length; at += 32) seed.copy(bytes, at);
  return bytes.toString('base64');
}

/** Reads every record from every replica and compares it byte for byte. */
export async function verify(cluster: TestCluster, lsns: readonly bigint[]): Promise<void> {
  for (const replica of cluster.replicas) {
    const rest = [...lsns];
    const readers = Array.from({ length: 16 }, async () => {
      for (let lsn = rest.pop(); lsn !== undefined; lsn = rest.pop()) {
        const answer = await replica.get(`get_wal?lsn=${lsn}`);
        const expected = `{"status":"success","lsn":${lsn},"wal_data":"${dataOf(lsn)}","space_id":1,"page_no":${lsn % 1000n}}`;
        if (answer.text !== expected) {
          throw new Error(`${replica.id} has another record ${lsn}: ${answer.text.slice(0, 300)}`);
        }
      }
    });
    await Promise.all(readers);
  }
}
