import { type Gtid, gtidToString } from '../binlog/gtid.ts';

/** The last transaction of each domain and server, as MariaDB's `gtid_binlog_state` keeps it. */
export class GtidState {
  /** By domain and server. */
  readonly #last = new Map<string, Gtid>();
  /** By domain: the server that wrote last. */
  readonly #latestOfDomain = new Map<number, Gtid>();

  constructor(gtids: readonly Gtid[] = []) {
    for (const gtid of gtids) this.add(gtid);
  }

  /** The next transaction; of each domain and server they come in order. In a list of MariaDB the last of a domain is its latest. */
  add(gtid: Gtid): void {
    this.#last.set(`${gtid.domainId}-${gtid.serverId}`, gtid);
    this.#latestOfDomain.set(gtid.domainId, gtid);
  }

  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  equals(other: GtidState): boolean {
    return this.toString() === other.toString() && this.position() === other.position();
  }

  /** What a new replica would have: `0-1-5479,1-2-7`, one for each domain. */
  position(): string {
    return [...this.#latestOfDomain.values()]
      .sort((one, other) => one.domainId - other.domainId)
      .map(gtidToString)
      .join(',');
  }

  /** Each of them, in the order in which a server in strict mode can have written them. */
  inSequence(): readonly Gtid[] {
    return [...this.#last.values()].sort(
      (one, other) => one.domainId - other.domainId || (one.sequence < other.sequence ? -1 : 1),
    );
  }

  /** All of it, for `SET GLOBAL gtid_binlog_state`: the latest of each domain comes last in its domain. */
  toString(): string {
    const isLatest = (gtid: Gtid): boolean => this.#latestOfDomain.get(gtid.domainId) === gtid;
    return [...this.#last.values()]
      .sort(
        (one, other) =>
          one.domainId - other.domainId ||
          Number(isLatest(one)) - Number(isLatest(other)) ||
          one.serverId - other.serverId,
      )
      .map(gtidToString)
      .join(',');
  }
}
