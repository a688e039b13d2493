import type { Answer, Lsn, Query } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat, Violation } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { isAsSent } from './proposals.ts';
import { checkRange } from './range_reads.ts';

/**
 * A read answers from the committed log. A linearizable one misses nothing that was committed before it began; a local
 * one never goes back behind what the same process showed before. Property 9.
 */
export class Reads implements Observer {
  private readonly context: CheckContext;
  /** How far each process has shown its committed log, by index. */
  private readonly shown: number[];
  /**
   * What each local read that is not answered must show at least: what had been shown when it was asked. It may take a
   * while on the disk, and shows one moment of that while.
   */
  private readonly floors = new Map<number, number>();

  constructor(context: CheckContext) {
    this.context = context;
    this.shown = context.replicas.map(() => 0);
  }

  asked(replica: Replica, { number, body }: ClientRequest): void {
    if (body.kind === 'read' && body.consistency === 'local') this.floors.set(number, this.shownBy(replica));
  }

  started(replica: Replica): void {
    this.shown[replica.number] = 0;
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    const { body } = request;
    if (body.kind !== 'read') return;
    const floor = this.floors.get(request.number) ?? request.committedBefore;
    this.floors.delete(request.number);
    const seen = this.check(replica, body.query, floor, answer, body.consistency);
    if (body.consistency === 'local') this.shown[replica.number] = Math.max(this.shownBy(replica), seen);
  }

  private shownBy(replica: Replica): number {
    return this.shown[replica.number] ?? 0;
  }

  /** Returns the index up to which the answer shows the log. */
  private check(replica: Replica, query: Query, floor: number, answer: Answer, consistency: string): number {
    const lsn = query.kind === 'record' ? query.lsn : undefined;
    switch (answer.kind) {
      case 'latest':
        return this.checkLatest(replica, answer, floor, consistency);
      case 'record':
        return this.checkRecord(replica, lsn, answer);
      case 'range':
        if (query.kind !== 'range')
          throw new Violation('answers', `${replica.name} answers another read with a range.`);
        return checkRange(this.context.ledger, replica, query, floor, answer);
      case 'notFound': {
        const entry = lsn === undefined ? undefined : this.context.ledger.record(lsn);
        requireThat(
          entry === undefined || entry.index > floor,
          'reads',
          () =>
            `${replica.name} answers a ${consistency} read that there is no LSN ${lsn}: it was ` +
            (consistency === 'local' ? 'shown by the same process before.' : 'committed before the read began.'),
        );
        return 0;
      }
      case 'stored':
      case 'generationRaised':
      case 'refused':
        throw new Violation('answers', `${replica.name} answers a read with "${answer.kind}".`);
      case 'tooLarge':
      case 'overloaded':
      case 'notLeader':
      case 'unknown':
      case 'unavailable':
      case 'damaged':
        return 0;
    }
  }

  private checkLatest(
    replica: Replica,
    answer: Extract<Answer, { kind: 'latest' }>,
    floor: number,
    consistency: string,
  ): number {
    const { ledger } = this.context;
    const record = ledger.recordNumber(answer.recordCount);
    requireThat(
      answer.recordCount === 0 ? answer.lsn === 0n : record?.lsn === answer.lsn,
      'reads',
      () =>
        `${replica.name} calls ${answer.lsn} the latest LSN, of ${answer.recordCount} records; record ${answer.recordCount} has LSN ${record?.lsn}.`,
    );
    const next = ledger.recordNumber(answer.recordCount + 1);
    // The answer describes some moment between this record and the next one.
    const index = (next?.index ?? ledger.lastIndex + 1) - 1;
    const low = ledger.at(Math.max(floor, record?.index ?? 0))?.generation ?? 0;
    requireThat(
      index >= floor,
      'reads',
      () =>
        `${replica.name} answers a ${consistency} read with LSN ${answer.lsn} as the latest, but LSN ${next?.lsn} was ` +
        (consistency === 'local' ? 'shown by the same process before.' : 'committed before the read began.'),
    );
    requireThat(
      answer.generation >= low && answer.generation <= (ledger.at(index)?.generation ?? 0),
      'reads',
      () =>
        `${replica.name} says that the generation after LSN ${answer.lsn} is ${answer.generation}; it was at least ${low}.`,
    );
    return record?.index ?? 0;
  }

  private checkRecord(replica: Replica, lsn: Lsn | undefined, answer: Extract<Answer, { kind: 'record' }>): number {
    const entry = this.context.ledger.record(answer.lsn);
    requireThat(
      answer.lsn === lsn && entry?.variant !== undefined,
      'reads',
      () => `${replica.name} answers a read of LSN ${lsn} with a record of LSN ${answer.lsn} that is not committed.`,
    );
    requireThat(
      isAsSent(entry?.variant, answer),
      'reads',
      () => `${replica.name} answers a read of LSN ${lsn} with other bytes than its client sent.`,
    );
    return entry?.index ?? 0;
  }
}
