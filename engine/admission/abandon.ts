import { changeAdmission } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { RequestId } from '../vocabulary/units.ts';
import { close, notLeader, UNKNOWN } from './open.ts';
import { takeHeld } from './held.ts';
import { changedAdmission, initialAdmission } from './state.ts';

/**
 * Leadership is lost: what is in the log may still be committed by another leader, so its outcome is unknown; what
 * never entered may be sent elsewhere.
 */
export function abandonRequests(d: Draft): void {
  const { waiters, barriers, held } = d.admission;
  waiters.forEach((list) => {
    for (const { request } of list) close(d, request, UNKNOWN);
  });
  const elsewhere = notLeader(d);
  barriers.forEach(({ request }) => close(d, request, elsewhere));
  for (const { request } of held) close(d, request, elsewhere);
  d.admission = changedAdmission(initialAdmission(), { open: d.admission.open });
}

/** Nobody waits for the answer any more. */
export function cancelRequest(d: Draft, request: RequestId): void {
  const open = d.admission.open.get(request);
  if (open === undefined) return;
  if (open.at === 'held') takeHeld(d, request);
  let { waiters, barriers } = d.admission;
  if (open.at === 'barriers') barriers = barriers.delete(request);
  if (open.at === 'waiters') {
    const others = (waiters.get(open.index) ?? []).filter((waiter) => waiter.request !== request);
    waiters = others.length === 0 ? waiters.delete(open.index) : waiters.set(open.index, others);
  }
  changeAdmission(d, { waiters, barriers, open: d.admission.open.delete(request) });
}
