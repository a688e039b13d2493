import type { Draft } from '../state.ts';
import type { RefusalCode } from '../vocabulary/requests.ts';
import type { Index, Lsn, RequestId } from '../vocabulary/units.ts';
import { addBarrier } from './barriers.ts';
import { takeSuccessors } from './held.ts';
import { close } from './open.ts';

/**
 * Refuses a record for good, once the refusal is proved: when the entries it was judged by are committed, and this
 * replica has shown that it still leads. Those that wait for it cannot enter either, and are refused with it.
 */
export function refuseRecord(
  d: Draft,
  request: RequestId,
  lsn: Lsn,
  refusal: { readonly code: RefusalCode; readonly basis: Index; readonly sentence: string },
): void {
  addBarrier(d, request, refusal.basis, { kind: 'refuse', code: refusal.code, sentence: refusal.sentence });
  refuseSuccessors(d, lsn);
}

/** Refuses those that wait for record `lsn`, which will not enter. */
export function refuseSuccessors(d: Draft, lsn: Lsn): void {
  for (const { request: successor, previousLsn } of takeSuccessors(d, lsn)) {
    const sentence = `its predecessor, LSN ${previousLsn}, was refused`;
    addBarrier(d, successor, d.journal.lastIndex, { kind: 'refuse', code: 'gap', sentence });
  }
}

/** Refuses a record for now. Its successors would only fill the waiting room. */
export function refuseOverloaded(d: Draft, request: RequestId, lsn: Lsn, sentence: string): void {
  close(d, request, { kind: 'overloaded', sentence });
  for (const { request: successor, previousLsn } of takeSuccessors(d, lsn)) {
    close(d, successor, {
      kind: 'overloaded',
      sentence: `its predecessor, LSN ${previousLsn}, was refused: ${sentence}`,
    });
  }
}
