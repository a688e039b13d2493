import { changeAdmission, reply } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { Answer } from '../vocabulary/requests.ts';
import type { RequestId } from '../vocabulary/units.ts';
import { urlOf } from '../identity/state.ts';
import type { OpenRequest } from './state.ts';

export function setOpen(d: Draft, request: RequestId, open: OpenRequest): void {
  changeAdmission(d, { open: d.admission.open.set(request, open) });
}

/** Gives a request its one answer. Whoever was cancelled gets none. */
export function close(d: Draft, request: RequestId, answer: Answer): void {
  if (!d.admission.open.has(request)) return;
  changeAdmission(d, { open: d.admission.open.delete(request) });
  reply(d, request, answer);
}

/** This replica does not lead: who does, as far as it knows. */
export function notLeader(d: Draft): Answer {
  const { leader } = d.replica;
  const url = leader === undefined || leader === d.config.replicaId ? undefined : urlOf(d.identity, leader);
  return {
    kind: 'notLeader',
    leader: leader === undefined || url === undefined ? undefined : { replicaId: leader, url },
  };
}

export const UNKNOWN: Answer = {
  kind: 'unknown',
  sentence: 'this replica stopped leading before a quorum confirmed the record: it may be stored or not; send it again',
};
