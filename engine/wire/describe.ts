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
  readonly previousIndex?: number;
  readonly entries?: number;
  readonly commitIndex?: number;
  readonly nextTerm?: number;
  readonly lastIndex?: number;
  readonly lastTerm?: number;
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
        entries: body.entries.length,
        commitIndex: body.commitIndex,
      };
    case 'appendAnswer':
      return { ...base, matchIndex: body.matchIndex, rejected: body.rejected !== undefined };
    case 'preVote':
      return { ...base, nextTerm: body.nextTerm, lastIndex: body.lastIndex, lastTerm: body.lastTerm };
    case 'vote':
      return { ...base, lastIndex: body.lastIndex, lastTerm: body.lastTerm };
    case 'preVoteAnswer':
      return { ...base, nextTerm: body.nextTerm, granted: body.granted };
    case 'voteAnswer':
      return { ...base, granted: body.granted };
    case 'refuse':
      return { ...base, sentence: body.sentence };
    case 'hello':
    case 'timeoutNow':
    case 'fetch':
    case 'fetchAnswer':
      return base;
  }
}
