import { changed } from '../changed.ts';
import { IntMap } from '../collections/int_map.ts';
import type { Query, RecordProposal, RefusalCode } from '../vocabulary/requests.ts';
import type { Generation, Index, Lsn, Millis, RequestId } from '../vocabulary/units.ts';

/** A request whose record, or raise, is in the log and answered once it is committed. */
export interface Waiter {
  readonly request: RequestId;
  readonly success:
    | { readonly kind: 'stored'; readonly lsn: Lsn }
    | { readonly kind: 'raised'; readonly generation: Generation };
}

/**
 * A request that is answered from committed state once this replica has proved, after the request came, that it still
 * leads: everything up to `index` is committed, and a quorum has echoed `round`.
 */
export interface Barrier {
  readonly request: RequestId;
  readonly round: number;
  readonly index: Index;
  readonly outcome:
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly sentence: string };
}

/** A record whose predecessor has not arrived. */
export interface Held {
  readonly request: RequestId;
  readonly record: RecordProposal;
  readonly previousLsn: Lsn;
  readonly deadline: Millis;
}

export interface AdmissionState {
  /** Requests without an answer, and where each waits. */
  readonly open: IntMap<OpenRequest>;
  /** By the index of the entry that decides. */
  readonly waiters: IntMap<readonly Waiter[]>;
  readonly barriers: IntMap<Barrier>;
  /** Ascending by previous LSN, then by arrival. */
  readonly held: readonly Held[];
  readonly heldBytes: number;
  /** Bytes proposed in this leadership and not yet committed. */
  readonly uncommittedBytes: number;
}

export type OpenRequest =
  | { readonly at: 'waiters'; readonly index: Index }
  | { readonly at: 'barriers' }
  | { readonly at: 'held' }
  | { readonly at: 'judging' }
  | { readonly at: 'reading' };

export function initialAdmission(): AdmissionState {
  return {
    open: IntMap.empty(),
    waiters: IntMap.empty(),
    barriers: IntMap.empty(),
    held: [],
    heldBytes: 0,
    uncommittedBytes: 0,
  };
}

/** With these fields changed: see `engine/changed.ts`. */
export function changedAdmission(admission: AdmissionState, change: Partial<AdmissionState>): AdmissionState {
  return changed<AdmissionState>(
    {
      open: admission.open,
      waiters: admission.waiters,
      barriers: admission.barriers,
      held: admission.held,
      heldBytes: admission.heldBytes,
      uncommittedBytes: admission.uncommittedBytes,
    },
    change,
  );
}
