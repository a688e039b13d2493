import { gtidToString } from '../binlog/gtid.ts';
import type { CutRecord } from '../binlog/group_cutter.ts';

/** How far a connector is, over all its sessions. */
export class Progress {
  #acknowledgedGtid = '';
  #acknowledgedLsn = 0n;
  #recordsTotal = 0;
  #bytesTotal = 0;
  #heardAtMs = 0;
  /** Transactions that are on their way. */
  readonly #open: { readonly lsn: bigint; readonly gtid: string }[] = [];

  /** Of the last transaction that the quorum has: `0-1-5479`; empty before the first. */
  get acknowledgedGtid(): string {
    return this.#acknowledgedGtid;
  }

  get acknowledgedLsn(): bigint {
    return this.#acknowledgedLsn;
  }

  get recordsTotal(): number {
    return this.#recordsTotal;
  }

  get bytesTotal(): number {
    return this.#bytesTotal;
  }

  /** When the server last said anything, in ms of the wall clock; 0: never. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  heard(): void {
    this.#heardAtMs = Date.now();
  }

  received({ lsn, gtid, endsUnit, data }: CutRecord): void {
    this.#recordsTotal += 1;
    this.#bytesTotal += data.byteLength;
    if (gtid !== undefined && endsUnit) this.#open.push({ lsn, gtid: gtidToString(gtid) });
  }

  /** Everything up to here is on a majority of disks. */
  acknowledged(lsn: bigint): void {
    this.#acknowledgedLsn = lsn;
    for (let next = this.#open[0]; next !== undefined && next.lsn <= lsn; next = this.#open[0]) {
      this.#acknowledgedGtid = next.gtid;
      this.#open.shift();
    }
  }

  /** What was on its way comes again. */
  sessionEnded(): void {
    this.#open.length = 0;
  }
}
