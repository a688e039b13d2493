import { changeAdmission } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { RecordProposal } from '../vocabulary/requests.ts';
import type { Lsn, Millis, RequestId } from '../vocabulary/units.ts';
import { setOpen } from './open.ts';
import type { Held } from './state.ts';

/** The waiting room: records whose predecessor has not arrived, bounded in count, bytes and time. */
export function hasRoomFor(d: Draft, record: RecordProposal): boolean {
  const { heldRecordsMax, heldBytesMax } = d.config.limits;
  const { held, heldBytes } = d.admission;
  return held.length < heldRecordsMax && heldBytes + record.data.length <= heldBytesMax;
}

export function holdRecord(d: Draft, request: RequestId, record: RecordProposal, previousLsn: Lsn): void {
  const { admission } = d;
  const held: Held = { request, record, previousLsn, deadline: d.now + d.config.timing.heldRecordMs };
  let at = admission.held.length;
  while (at > 0 && (admission.held[at - 1]?.previousLsn ?? 0n) > previousLsn) at -= 1;
  changeAdmission(d, {
    held: [...admission.held.slice(0, at), held, ...admission.held.slice(at)],
    heldBytes: admission.heldBytes + record.data.length,
  });
  setOpen(d, request, { at: 'held' });
}

/** Takes out the first record that need not wait any more: the log has reached, or passed, its predecessor. */
export function takeReady(d: Draft): Held | undefined {
  const first = d.admission.held[0];
  if (first === undefined || first.previousLsn > d.journal.lastLsn) return undefined;
  remove(d, [first]);
  return first;
}

/** Takes out all that wait for record `lsn`, and all that wait for those: none while another copy of it still waits. */
export function takeSuccessors(d: Draft, lsn: Lsn): readonly Held[] {
  if (d.admission.held.some((held) => held.record.lsn === lsn)) return [];
  const doomed = new Set<Lsn>([lsn]);
  const taken: Held[] = [];
  // Ascending by predecessor, and a predecessor is below its record: one pass finds the whole chain.
  for (const held of d.admission.held) {
    if (!doomed.has(held.previousLsn)) continue;
    doomed.add(held.record.lsn);
    taken.push(held);
  }
  if (taken.length > 0) remove(d, taken);
  return taken;
}

/** Takes out those that have waited too long. */
export function takeExpired(d: Draft): readonly Held[] {
  const expired = d.admission.held.filter((held) => held.deadline <= d.now);
  if (expired.length > 0) remove(d, expired);
  return expired;
}

export function takeHeld(d: Draft, request: RequestId): void {
  const held = d.admission.held.find((candidate) => candidate.request === request);
  if (held !== undefined) remove(d, [held]);
}

export function heldDeadline(held: readonly Held[]): Millis | null {
  let deadline: Millis | null = null;
  for (const { deadline: at } of held) if (deadline === null || at < deadline) deadline = at;
  return deadline;
}

function remove(d: Draft, taken: readonly Held[]): void {
  let { heldBytes } = d.admission;
  for (const held of taken) heldBytes -= held.record.data.length;
  changeAdmission(d, { heldBytes, held: d.admission.held.filter((held) => !taken.includes(held)) });
}
