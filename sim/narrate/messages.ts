import type { LogEntry } from '../../engine/index.ts';
import { frameData } from '../../engine/journal/frame.ts';
import type { MessageFacts } from '../engine_under_test.ts';
import { quoteData } from './data.ts';

/** More entries than this are not told one by one. */
const LISTED_MAX = 6;

/**
 * What a message says, in its sender's words. Places in a log are written index:term, as in the transcripts of
 * etcd-io/raft.
 */
export function describeMessageFacts(facts: MessageFacts): string {
  const { type, term } = facts;
  switch (type) {
    case 'hello':
      return `hello, this is my start ${facts.boot}`;
    case 'refuse':
      return `I refuse you: ${facts.sentence}`;
    case 'preVote':
      return `would you vote for me in term ${facts.nextTerm}? My log ends at ${facts.lastIndex}:${facts.lastTerm}`;
    case 'preVoteAnswer':
      return facts.granted === true
        ? `yes, in term ${facts.nextTerm} I would vote for you`
        : `no, in term ${facts.nextTerm} I would not vote for you`;
    case 'vote':
      return `vote for me in term ${term}! My log ends at ${facts.lastIndex}:${facts.lastTerm}${facts.transfer === true ? '. The leader wishes it' : ''}`;
    case 'voteAnswer':
      return facts.granted === true
        ? `you have my vote in term ${term}`
        : `you do not have my vote. I am in term ${term}`;
    case 'append':
      return describeAppend(facts);
    case 'appendAnswer':
      return describeAppendAnswer(facts);
    case 'timeoutNow':
      return `stand for election at once, I hand over term ${term}`;
    case 'fetch':
      return `have you the bytes of entry ${facts.index}:${facts.entryTerm}?`;
    case 'fetchAnswer':
      return describeFetchAnswer(facts);
    default:
      return `a message of type ${type}`;
  }
}

function describeAppend({ term, previousIndex, previousTerm, entries = [], commitIndex, round }: MessageFacts): string {
  const asks = round === undefined || round === 0 ? '' : `, round ${round}`;
  const state = `committed: ${commitIndex}${asks}`;
  if (entries.length === 0) return `I lead term ${term}; ${state}`;
  return `term ${term}, after ${previousIndex}:${previousTerm} append ${describeEntries(entries)}; ${state}`;
}

function describeAppendAnswer(facts: MessageFacts): string {
  const { term, matchIndex, rejected, previousIndex, hintIndex, hintTerm, round } = facts;
  if (rejected === true)
    return `my log does not fit yours at ${previousIndex}. Look at or before ${hintIndex}:${hintTerm}`;
  const echo = round === undefined || round === 0 ? '' : `; round ${round} has reached me`;
  if (matchIndex === 0) return `I am in term ${term}${echo}`;
  return `term ${term}, I have your log up to ${matchIndex} on my disk${echo}`;
}

function describeFetchAnswer({ index, entryTerm, state, entries = [] }: MessageFacts): string {
  const entry = `${index}:${entryTerm}`;
  if (state === 'have') return `here are the bytes of ${describeEntries(entries)}`;
  return state === 'hole' ? `I have entry ${entry}, and no bytes of it either` : `I do not have entry ${entry}`;
}

function describeEntries(entries: readonly LogEntry[]): string {
  const first = entries[0];
  const last = entries[entries.length - 1];
  if (first !== undefined && last !== undefined && entries.length > LISTED_MAX) {
    return `${first.index}:${first.term} to ${last.index}:${last.term}`;
  }
  return entries.map(describeEntry).join(', ');
}

function describeEntry(entry: LogEntry): string {
  const place = `${entry.index}:${entry.term}`;
  switch (entry.kind) {
    case 'noop':
      return `${place} no-op`;
    case 'membership':
      return `${place} members`;
    case 'generation':
      return `${place} generation ${entry.generation}`;
    case 'record':
      return `${place} LSN ${entry.lsn}${quoteData(frameData(entry.body))}`;
  }
}
