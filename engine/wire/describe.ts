import type { LogEntry } from '../journal/entry.ts';
import { decodeContent } from './codec.ts';

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

/** Undefined when the bytes are no sound message of this version. Field by field: see `engine/changed.ts`. */
export function describeMessage(bytes: Uint8Array): MessageSummary | undefined {
  const content = decodeContent(bytes);
  if (content === undefined) return undefined;
  const { from, boot, term, body } = content;
  const { type } = body;
  switch (type) {
    case 'append': {
      const { previousIndex, previousTerm, entries, commitIndex, round } = body;
      return { type, from, boot, term, previousIndex, previousTerm, entries, commitIndex, round };
    }
    case 'appendAnswer': {
      const { matchIndex, round, rejected } = body;
      if (rejected === undefined) return { type, from, boot, term, matchIndex, round, rejected: false };
      const { previousIndex, hintIndex, hintTerm } = rejected;
      return { type, from, boot, term, matchIndex, round, rejected: true, previousIndex, hintIndex, hintTerm };
    }
    case 'preVote': {
      const { nextTerm, lastIndex, lastTerm } = body;
      return { type, from, boot, term, nextTerm, lastIndex, lastTerm };
    }
    case 'vote': {
      const { lastIndex, lastTerm, transfer } = body;
      return { type, from, boot, term, lastIndex, lastTerm, transfer };
    }
    case 'preVoteAnswer':
      return { type, from, boot, term, nextTerm: body.nextTerm, granted: body.granted };
    case 'voteAnswer':
      return { type, from, boot, term, granted: body.granted };
    case 'refuse':
      return { type, from, boot, term, sentence: body.sentence };
    case 'fetch':
      return { type, from, boot, term, index: body.index, entryTerm: body.entryTerm };
    case 'fetchAnswer': {
      const { index, entryTerm, state, entries } = body;
      return { type, from, boot, term, index, entryTerm, state, entries };
    }
    case 'hello':
    case 'timeoutNow':
      return { type, from, boot, term };
  }
}
