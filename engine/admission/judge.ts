import type { JournalState } from '../journal/state.ts';
import type { RecordProposal, RefusalCode } from '../vocabulary/requests.ts';
import type { Lsn } from '../vocabulary/units.ts';

/** Where a record belongs, by the log as it stands: at its end, behind its predecessor, among the old, or nowhere. */
export type Verdict =
  | { readonly kind: 'enter' }
  | { readonly kind: 'hold'; readonly previousLsn: Lsn }
  /** Its LSN is not above the last one: what is stored there decides. */
  | { readonly kind: 'old' }
  | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly sentence: string };

/**
 * Judges a record by this leader's log, committed or not: so every "no" is a claim that still has to be proved. The same
 * record again is a success whatever its generation, so the old are told apart before the fenced.
 */
export function judge(journal: JournalState, record: RecordProposal): Verdict {
  const { lsn, previousLsn, generation } = record;
  if (lsn <= journal.lastLsn) return { kind: 'old' };
  if (generation < journal.generation) return fenced(journal, record);
  if (previousLsn === undefined || previousLsn === journal.lastLsn) return { kind: 'enter' };
  if (previousLsn >= lsn) {
    return { kind: 'refuse', code: 'gap', sentence: `prev_lsn ${previousLsn} is not below LSN ${lsn}` };
  }
  if (previousLsn > journal.lastLsn) return { kind: 'hold', previousLsn };
  const sentence = `prev_lsn ${previousLsn} was followed by another record: the latest LSN is ${journal.lastLsn}`;
  return { kind: 'refuse', code: 'gap', sentence };
}

/** A record that is not stored and whose LSN the log has passed. */
export function judgeMissed(journal: JournalState, record: RecordProposal): Verdict & { readonly kind: 'refuse' } {
  if (record.generation < journal.generation) return fenced(journal, record);
  const sentence = `LSN ${record.lsn} was never stored and is below the latest, ${journal.lastLsn}: records enter in ascending order`;
  return { kind: 'refuse', code: 'out_of_order', sentence };
}

function fenced(journal: JournalState, record: RecordProposal): Verdict & { readonly kind: 'refuse' } {
  const sentence = `generation ${record.generation} was fenced by generation ${journal.generation}: another writer has taken over`;
  return { kind: 'refuse', code: 'fenced', sentence };
}
