import { changeAdmission, reply } from '../draft.ts';
import { endAt } from '../journal/log.ts';
import type { Draft } from '../state.ts';
import type { Index } from '../vocabulary/units.ts';

/** Answers everything that waited for entries up to the commit index: as `close` does, but many in one change. */
export function releaseCommitted(d: Draft): void {
  const { index: commitIndex } = d.replica.commit;
  const { waiters } = d.admission;
  let { open } = d.admission;
  let index = waiters.firstKey();
  if (index === undefined || index > commitIndex) return;
  while (index !== undefined && index <= commitIndex) {
    for (const { request, success } of waiters.get(index) ?? []) {
      if (!open.has(request)) continue;
      open = open.delete(request);
      if (success.kind === 'stored') reply(d, request, success);
      else {
        const { generation } = success;
        reply(d, request, { kind: 'generationRaised', generation, latestLsn: endAt(d.journal, index).lastLsn });
      }
    }
    index = waiters.nextKey(index + 1);
  }
  changeAdmission(d, { open, waiters: waiters.deleteBelow(commitIndex + 1) });
}

/** Bytes of the log above the commit index have become fewer. */
export function settleUncommitted(d: Draft, before: Index): void {
  let { uncommittedBytes } = d.admission;
  if (uncommittedBytes === 0) return;
  for (let index = before + 1; index <= d.replica.commit.index; index++) {
    uncommittedBytes -= d.journal.tail.get(index)?.entry.body.length ?? 0;
  }
  changeAdmission(d, { uncommittedBytes: Math.max(0, uncommittedBytes) });
}
