import type { Answer, RecordProposal } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat, Violation } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { isSame } from './proposals.ts';

type Refusal = Extract<Answer, { kind: 'refused' }>;

/** What a replica answers to a proposal is true, judged by the committed log. */
export class Answers implements Observer {
  private readonly context: CheckContext;
  /** Which request was answered how, to find a second answer. */
  private readonly answeredRequests = new Set<number>();
  private readonly raised = new Set<number>();

  constructor(context: CheckContext) {
    this.context = context;
  }

  asked(_replica: Replica, request: ClientRequest): void {
    const { body } = request;
    if (body.kind === 'propose' && body.proposal.kind === 'record')
      this.context.proposals.note(request.number, body.proposal);
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    requireThat(
      !this.answeredRequests.has(request.number),
      'answers',
      () => `${replica.name} answers a request twice.`,
    );
    this.answeredRequests.add(request.number);
    const { body } = request;
    if (body.kind !== 'propose') return;
    const { proposal } = body;
    if (proposal.kind === 'generation') this.checkGeneration(replica, proposal.generation, answer);
    else this.checkRecord(replica, request, proposal, answer);
  }

  private checkRecord(replica: Replica, request: ClientRequest, proposal: RecordProposal, answer: Answer): void {
    switch (answer.kind) {
      case 'stored':
        this.checkStored(replica, proposal, answer.lsn);
        return;
      case 'refused':
        this.checkRefused(replica, request, proposal, answer);
        return;
      case 'record':
      case 'range':
      case 'notFound':
      case 'latest':
      case 'generationRaised':
        throw new Violation(
          'answers',
          `${replica.name} answers the proposal of LSN ${proposal.lsn} with "${answer.kind}".`,
        );
      case 'tooLarge':
      case 'overloaded':
      case 'notLeader':
      case 'unknown':
      case 'unavailable':
      case 'damaged':
        return;
    }
  }

  private checkStored(replica: Replica, proposal: RecordProposal, lsn: bigint): void {
    const entry = this.context.ledger.record(proposal.lsn);
    requireThat(lsn === proposal.lsn, 'answers', () => `${replica.name} answers LSN ${proposal.lsn} with LSN ${lsn}.`);
    requireThat(
      entry?.variant !== undefined && isSame(entry.variant.proposal, proposal),
      'answers',
      () =>
        `${replica.name} answers that LSN ${proposal.lsn} is stored, but ` +
        (entry === undefined ? 'nothing committed has that LSN.' : 'what is committed there is another record.'),
    );
  }

  private checkRefused(replica: Replica, request: ClientRequest, proposal: RecordProposal, answer: Refusal): void {
    const { ledger, proposals } = this.context;
    const entry = ledger.record(proposal.lsn);
    const isStored = entry?.variant !== undefined && isSame(entry.variant.proposal, proposal);
    const lie = (why: string): string => `${replica.name} refuses LSN ${proposal.lsn} as ${answer.code}, but ${why}.`;
    const last = ledger.last;
    const latestLsn = last?.lsn ?? 0n;
    requireThat(answer.latestLsn <= latestLsn, 'definite answers', () =>
      lie(`the LSN it calls the latest, ${answer.latestLsn}, is not committed`),
    );
    requireThat(!(isStored && (entry?.index ?? 0) <= request.committedBefore), 'definite answers', () =>
      lie('the very same record was committed before it was asked'),
    );
    switch (answer.code) {
      case 'conflict':
        requireThat(entry !== undefined && !isStored, 'definite answers', () =>
          lie('no other record is committed there'),
        );
        break;
      case 'out_of_order':
        requireThat(entry === undefined, 'definite answers', () => lie('a record is committed there'));
        // LSN 0 means "none": no record ever has it.
        requireThat(latestLsn > proposal.lsn || proposal.lsn === 0n, 'definite answers', () =>
          lie(`the latest committed LSN is ${latestLsn}`),
        );
        break;
      case 'fenced':
        requireThat((last?.generation ?? 0) > proposal.generation, 'definite answers', () =>
          lie('no higher generation is committed'),
        );
        break;
      case 'gap':
        requireThat(proposal.previousLsn !== undefined, 'definite answers', () => lie('it names no predecessor'));
        break;
    }
    proposals.find(proposal.lsn, (variant) => isSame(variant.proposal, proposal))?.refused.add(request.number);
  }

  /** Nobody raises the generation to one that is in force, so whoever succeeds is the only one who did. */
  private checkGeneration(replica: Replica, generation: number, answer: Answer): void {
    const { ledger } = this.context;
    if (answer.kind === 'generationRaised') {
      const entry = ledger.generationRaised(generation);
      requireThat(
        answer.generation === generation && entry?.lsn === answer.latestLsn,
        'answers',
        () =>
          `${replica.name} says that generation ${generation} was raised after LSN ${answer.latestLsn}; ` +
          (entry === undefined ? 'no committed entry raises it.' : `it was after LSN ${entry.lsn}.`),
      );
      requireThat(
        !this.raised.has(generation),
        'answers',
        () => `Two requests are told that they raised generation ${generation}.`,
      );
      this.raised.add(generation);
    }
    if (answer.kind === 'refused') {
      const inForce = ledger.last?.generation ?? 0;
      requireThat(
        answer.code === 'fenced' && inForce >= generation,
        'definite answers',
        () => `${replica.name} refuses generation ${generation} as ${answer.code}; committed is ${inForce}.`,
      );
    }
  }
}
