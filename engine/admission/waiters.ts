import { changeAdmission } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { Index } from '../vocabulary/units.ts';
import type { Waiter } from './state.ts';

/** The request is answered once entry `index` is committed: a yes is definite only then. */
export function waitForCommit(d: Draft, index: Index, waiter: Waiter): void {
  const waiting = d.admission.waiters.get(index) ?? [];
  changeAdmission(d, {
    waiters: d.admission.waiters.set(index, [...waiting, waiter]),
    open: d.admission.open.set(waiter.request, { at: 'waiters', index }),
  });
}
