import type { Answer, Query } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import { quoteData } from './data.ts';

/** What a client asks, as an order. */
export function describeRequest({ body }: ClientRequest): string {
  if (body.kind === 'read') {
    return `read ${describeQuery(body.query)}, ${body.consistency === 'local' ? 'as this replica knows it' : 'linearizably'}`;
  }
  const { proposal } = body;
  if (proposal.kind === 'generation') return `raise the generation to ${proposal.generation}`;
  const text = quoteData(proposal.data);
  const data = text === '' ? `, ${proposal.data.length} bytes` : text;
  const after = proposal.previousLsn === undefined ? '' : `, right after LSN ${proposal.previousLsn}`;
  const generation = proposal.generation === 0 ? '' : `, in generation ${proposal.generation}`;
  return `store LSN ${proposal.lsn}${data}${after}${generation}`;
}

function describeQuery(query: Query): string {
  switch (query.kind) {
    case 'latest':
      return 'the latest LSN';
    case 'record':
      return `LSN ${query.lsn}`;
    case 'range':
      return `up to ${query.countMax} records from LSN ${query.from} through ${query.through}`;
  }
}

export function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'stored':
      return `stored: LSN ${answer.lsn}`;
    case 'generationRaised':
      return `generation ${answer.generation} is in force, the latest LSN is ${answer.latestLsn}`;
    case 'refused':
      return `refused, ${answer.code}: ${answer.sentence}`;
    case 'record': {
      const text = quoteData(answer.data);
      return text === '' ? `LSN ${answer.lsn} is ${answer.data.length} bytes` : `LSN ${answer.lsn} is${text}`;
    }
    case 'range': {
      const lsns = answer.records.map(({ lsn }) => lsn).join(', ');
      return `${answer.records.length} records${lsns === '' ? '' : `: LSN ${lsns}`}${answer.more ? ', and there may be more' : ''}`;
    }
    case 'notFound':
      return `there is no LSN ${answer.lsn}, the latest is ${answer.latestLsn}`;
    case 'latest': {
      const generation = answer.generation === 0 ? '' : `, generation ${answer.generation}`;
      return `the latest LSN is ${answer.lsn}, of ${answer.recordCount} records${generation}`;
    }
    case 'notLeader':
      return answer.leader === undefined
        ? 'I do not lead, and know nobody who does'
        : `I do not lead, ${answer.leader.replicaId} does`;
    case 'tooLarge':
    case 'overloaded':
    case 'unknown':
    case 'unavailable':
    case 'damaged':
      return `${answer.kind}: ${answer.sentence}`;
  }
}
