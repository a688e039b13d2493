import type { Consistency } from '../../engine/vocabulary/index.ts';
import type { Target } from '../faults/target.ts';

/** One request of a client that does as it is told. */
export interface ScriptedRequest {
  readonly atMs: number;
  /** Who asks; requests of the same name are one client's. */
  readonly client: string;
  /** Who is asked, found when the time has come; when there is nobody, as soon as there is. */
  readonly to: Target;
  readonly ask: ScriptedAsk;
  /** Asked again and again, wherever a leader is believed to be, until the answer is definite. */
  readonly untilDefinite?: boolean;
}

/** LSNs in decimal. */
export type ScriptedAsk =
  | {
      readonly kind: 'write';
      readonly lsn: string;
      /** The record's data: this text's UTF-8. */
      readonly text: string;
      /** The LSN right before; absent: whatever is last. */
      readonly previousLsn?: string;
      readonly generation?: number;
    }
  | { readonly kind: 'raise'; readonly generation: number }
  /** One record, or the latest LSN when none is named. */
  | { readonly kind: 'read'; readonly lsn?: string; readonly consistency: Consistency };
