import type { Answer, Lsn, RecordProposal, StoredRecord } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat, Violation } from '../violation.ts';
import { isSame } from './proposals.ts';

/** What had been shown to somebody when a request arrived. */
interface Begun {
  readonly latest: Lsn;
  readonly generation: number;
}

/** What is known of one LSN, from answers alone. */
interface KnownRecord {
  /** What the log was known to have reached before anyone first asked for a record here. */
  readonly latestBefore: Lsn;
  isStored: boolean;
  content: RecordProposal | undefined;
  /** The furthest that the log was known to reach before somebody asked for this and was told that it is not there. */
  missedAt: Lsn;
}

/**
 * The history of all clients is linearizable (Herlihy and Wing, 1990), judged by requests and answers only: this checker
 * knows of no log, no term and no replica.
 *
 * The object is a log whose records enter in ascending order, so that its state is how far it reaches, which never falls,
 * and no search is needed: a history of such an object can be put in one order if and only if nobody who asks after
 * another one was answered sees the log reach less far, and no record enters a log that reaches further already. The
 * generation in force rises in the same way. Requests are taken to last from their arrival at a replica to the answer's
 * leaving, which is less than what their client sees, and so asks for more.
 */
export class Linearizability implements Observer {
  private latest: Lsn = 0n;
  private generation = 0;
  private readonly begun = new Map<number, Begun>();
  private readonly records = new Map<Lsn, KnownRecord>();
  /** How many records there are up to an LSN. */
  private readonly counts = new Map<Lsn, number>();

  asked(_replica: Replica, request: ClientRequest): void {
    this.begun.set(request.number, { latest: this.latest, generation: this.generation });
    const { body } = request;
    if (body.kind !== 'propose' || body.proposal.kind !== 'record' || this.records.has(body.proposal.lsn)) return;
    this.records.set(body.proposal.lsn, {
      latestBefore: this.latest,
      isStored: false,
      content: undefined,
      missedAt: 0n,
    });
  }

  answered(_replica: Replica, request: ClientRequest, answer: Answer): void {
    const { body } = request;
    const begun = this.begun.get(request.number);
    this.begun.delete(request.number);
    if (begun === undefined || (body.kind === 'read' && body.consistency === 'local')) return;
    switch (answer.kind) {
      case 'stored':
        if (body.kind === 'propose' && body.proposal.kind === 'record') this.stored(request, body.proposal);
        return;
      case 'refused':
        if (body.kind === 'propose' && body.proposal.kind === 'record') this.refused(request, body.proposal, answer);
        this.reaches(answer.latestLsn);
        return;
      case 'generationRaised':
        demand(request, answer.generation > begun.generation, `generation ${begun.generation} was in force before`);
        this.generation = Math.max(this.generation, answer.generation);
        this.reaches(answer.latestLsn);
        return;
      case 'latest':
        demand(request, answer.lsn >= begun.latest, `the log had reached LSN ${begun.latest} before`);
        demand(
          request,
          answer.generation >= begun.generation,
          `generation ${begun.generation} was in force before, and now ${answer.generation}`,
        );
        this.counted(request, answer.lsn, answer.recordCount);
        this.generation = Math.max(this.generation, answer.generation);
        if (answer.lsn > 0n) this.shown(request, answer.lsn);
        return;
      case 'record':
        this.found(request, answer);
        return;
      case 'range':
        // That none of them is missing, the checker of reads knows, who knows the log.
        for (const record of answer.records) this.found(request, record);
        this.reaches(answer.latestLsn);
        return;
      case 'notFound':
        this.missed(request, answer.lsn, begun);
        this.reaches(answer.latestLsn);
        return;
      case 'tooLarge':
      case 'overloaded':
      case 'notLeader':
      case 'unknown':
      case 'unavailable':
      case 'damaged':
    }
  }

  private stored(request: ClientRequest, proposal: RecordProposal): void {
    const known = this.shown(request, proposal.lsn);
    known.content ??= proposal;
    demand(request, isSame(known.content, proposal), 'another record was stored at this LSN');
  }

  private found(request: ClientRequest, { lsn, data, spaceId, pageNo }: StoredRecord): void {
    const found: RecordProposal = {
      kind: 'record',
      lsn,
      data,
      spaceId,
      pageNo,
      previousLsn: undefined,
      generation: 0,
    };
    const known = this.shown(request, lsn);
    known.content ??= found;
    demand(request, isSame(known.content, found), 'another record was stored at this LSN');
  }

  private refused(request: ClientRequest, proposal: RecordProposal, answer: Answer & { kind: 'refused' }): void {
    if (answer.code !== 'conflict' && answer.code !== 'out_of_order') return;
    const known = this.records.get(proposal.lsn);
    if (known?.content !== undefined) demand(request, !isSame(known.content, proposal), 'this very record is stored');
    if (answer.code === 'out_of_order') demand(request, known?.isStored !== true, 'a record is stored at this LSN');
  }

  private missed(request: ClientRequest, lsn: Lsn, begun: Begun): void {
    const known = this.records.get(lsn);
    demand(
      request,
      known?.isStored !== true || begun.latest < lsn,
      `LSN ${lsn} had been stored, and the log had reached LSN ${begun.latest}, before`,
    );
    if (known !== undefined && begun.latest > known.missedAt) known.missedAt = begun.latest;
  }

  /** Somebody is shown that a record is in the log. */
  private shown(request: ClientRequest, lsn: Lsn): KnownRecord {
    const known = this.records.get(lsn);
    if (known === undefined) throw new Violation('linearizability', `LSN ${lsn} is shown, and nobody asked for it.`);
    if (!known.isStored) {
      known.isStored = true;
      demand(
        request,
        known.latestBefore < lsn,
        `before anyone asked for it the log had reached LSN ${known.latestBefore}`,
      );
      demand(
        request,
        known.missedAt < lsn,
        `somebody was told that it is not there when the log had reached LSN ${known.missedAt}`,
      );
    }
    this.reaches(lsn);
    return known;
  }

  private counted(request: ClientRequest, lsn: Lsn, count: number): void {
    const before = this.counts.get(lsn);
    demand(request, before === undefined || before === count, `there were ${before} records up to LSN ${lsn} before`);
    this.counts.set(lsn, count);
  }

  private reaches(lsn: Lsn): void {
    if (lsn > this.latest) this.latest = lsn;
  }
}

function demand(request: ClientRequest, holds: boolean, but: string): void {
  requireThat(
    holds,
    'linearizability',
    () => `The answer to request ${request.number} of ${request.client} cannot be put in order: ${but}.`,
  );
}
