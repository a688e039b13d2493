import { type Gtid, gtidToString } from '../binlog/gtid.ts';

/** A replica cannot be served: MariaDB's error 1236, with this sentence. */
export class UnservableError extends Error {
  override readonly name = 'UnservableError';
}

/**
 * What a replica has: the last transaction of each domain. Tells which transactions of the log it lacks, and notices when its
 * history is another one: a transaction it names must come by, or lie before where the log is read from.
 */
export class ReplicaPosition {
  readonly #last = new Map<number, Gtid>();
  /** Domains whose last transaction has not come by yet. */
  readonly #unseen = new Map<number, Gtid>();

  /** @param text `0-1-5479,1-2-7`; empty: nothing at all. @throws UnservableError when it is not of that form. */
  constructor(text: string) {
    for (const part of text.split(',').map((piece) => piece.trim())) {
      if (part === '') continue;
      const [domain, server, sequence] = part.split('-');
      if (!/^\d+-\d+-\d+$/.test(part) || domain === undefined || server === undefined || sequence === undefined) {
        throw new UnservableError(`"${part}" is no GTID.`);
      }
      const gtid = { domainId: Number(domain), serverId: Number(server), sequence: BigInt(sequence) };
      this.#last.set(gtid.domainId, gtid);
      this.#unseen.set(gtid.domainId, gtid);
    }
  }

  /** Whether the replica has everything that these say: the state at the beginning of a file. */
  covers(before: readonly Gtid[]): boolean {
    return before.every(({ domainId, sequence }) => sequence <= (this.#last.get(domainId)?.sequence ?? -1n));
  }

  /** The log is read from where this was its state. @throws UnservableError when the replica names another transaction there. */
  beginsAfter(before: readonly Gtid[]): void {
    for (const gtid of before) if (gtid.sequence === this.#last.get(gtid.domainId)?.sequence) this.#met(gtid);
  }

  /** Whether the replica lacks this transaction. They come in the log's order. @throws UnservableError when its history is another. */
  lacks(gtid: Gtid): boolean {
    const last = this.#last.get(gtid.domainId);
    if (last === undefined || gtid.sequence > last.sequence) {
      const unseen = this.#unseen.get(gtid.domainId);
      if (unseen === undefined) return true;
      throw new UnservableError(
        `The replica says that it has ${gtidToString(unseen)}, which is not in the stored log; there, ${gtidToString(gtid)} comes instead. Its history is another one: rebuild it.`,
      );
    }
    if (gtid.sequence === last.sequence) this.#met(gtid);
    return false;
  }

  /** Everything that is committed came by. @throws UnservableError when the replica has more. */
  reachedEnd(domainsInLog: ReadonlySet<number>): void {
    for (const [domain, gtid] of this.#unseen) {
      if (!domainsInLog.has(domain)) continue;
      throw new UnservableError(
        `The replica says that it has ${gtidToString(gtid)}, which is not in the stored log: it is ahead of it. Rebuild it.`,
      );
    }
  }

  #met(gtid: Gtid): void {
    const own = this.#last.get(gtid.domainId);
    if (own !== undefined && own.serverId !== gtid.serverId) {
      throw new UnservableError(
        `The replica has ${gtidToString(own)}, but the stored log ${gtidToString(gtid)}. Its history is another one: rebuild it.`,
      );
    }
    this.#unseen.delete(gtid.domainId);
  }
}
