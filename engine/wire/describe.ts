import type { LogEntry } from '../journal/entry.ts';
import { decodeMessage } from './codec.ts';

/** A peer message in short, for logs, recordings and checkers. */
export interface MessageSummary {
  readonly type: string;
  readonly from: string;
  readonly boot: number;
  readonly term: number;
  readonly granted?: boolean;
  readonly matchIndex?: number;
  readonly rejected?: boolean;
  /** In an append; in its answer the one that did not fit. */
  readonly previousIndex?: number;
  readonly previousTerm?: number;
  readonly hintIndex?: number;
  readonly hintTerm?: number;
  readonly round?: number;
  readonly entries?: readonly LogEntry[];
  readonly commitIndex?: number;
  readonly nextTerm?: number;
  readonly lastIndex?: number;
  readonly lastTerm?: number;
  readonly transfer?: boolean;
  /** The entry that is asked for, and how it is where it was looked for. */
  readonly index?: number;
  readonly entryTerm?: number;
  readonly state?: string;
  readonly sentence?: string;
}

/** Undefined when the bytes are no sound message of this version. */
export function describeMessage(bytes: Uint8Array): MessageSummary | undefined {
  const message = decodeMessage(bytes);
  if (message === undefined) return undefined;
  const { from, boot, term, body } = message;
  const base = { type: body.type, from, boot, term };
  switch (body.type) {
    case 'append':
      return {
        ...base,
        previousIndex: body.previousIndex,
        previousTerm: body.previousTerm,
        entries: body.entries,
        commitIndex: body.commitIndex,
        round: body.round,
      };
    case 'appendAnswer':
      return {
        ...base,
        matchIndex: body.matchIndex,
        round: body.round,
        rejected: body.rejected !== undefined,
        ...body.rejected,
      };
    case 'preVote':
      return { ...base, nextTerm: body.nextTerm, lastIndex: body.lastIndex, lastTerm: body.lastTerm };
    case 'vote':
      return { ...base, lastIndex: body.lastIndex, lastTerm: body.lastTerm, transfer: body.transfer };
    case 'preVoteAnswer':
      return { ...base, nextTerm: body.nextTerm, granted: body.granted };
    case 'voteAnswer':
      return { ...base, granted: body.granted };
    case 'refuse':
      return { ...base, sentence: body.sentence };
    case 'fetch':
      return { ...base, index: body.index, entryTerm: body.entryTerm };
    case 'fetchAnswer':
      return { ...base, index: body.index, entryTerm: body.entryTerm, state: body.state, entries: body.entries };
    case 'hello':
    case 'timeoutNow':
      return base;
  }
}
