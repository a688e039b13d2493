import { sendToMember } from '../identity/send.ts';
import { observe } from '../draft.ts';
import type { LogEntry } from '../journal/entry.ts';
import { fillHole } from '../journal/fill.ts';
import { entriesInMemory, logTermAt, truncateLog } from '../journal/log.ts';
import { readEntries } from '../journal/reading.ts';
import { hasQuorum } from '../membership/quorum.ts';
import type { Draft } from '../state.ts';
import type { Index, ReplicaId, Term } from '../vocabulary/units.ts';
import type { Fetch, FetchAnswer } from '../wire/message.ts';
import { configurationOf, peersOf } from './members.ts';
import { setLeadership } from './progress.ts';

/** How many entries a fetched answer carries at most: a torn write leaves its holes side by side. */
const FETCHED_ENTRIES_MAX = 64;

/** Asks every peer for the first hole of a new leader's log: at once when the hole is new, and with every heartbeat. */
export function inquireAboutHole(d: Draft, repeat: boolean): void {
  const { leadership } = d.replica;
  if (leadership === undefined) return;
  const index = d.journal.holes.firstKey();
  if (index === undefined) {
    if (leadership.holeInquiry !== undefined) setLeadership(d, { holeInquiry: undefined });
    return;
  }
  const fresh = leadership.holeInquiry?.index !== index;
  if (fresh) setLeadership(d, { holeInquiry: { index, answers: {} } });
  if (!fresh && !repeat) return;
  for (const peer of peersOf(d)) {
    sendToMember(d, peer, { type: 'fetch', index, entryTerm: logTermAt(d.journal, index) });
  }
}

/** A leader asks for an entry it has only the identifier of. `fetch` came in this replica's term. */
export function handleFetch(d: Draft, from: ReplicaId, fetch: Fetch): void {
  const { journal } = d;
  const { index, entryTerm } = fetch;
  const last = Math.min(journal.lastIndex, index + FETCHED_ENTRIES_MAX - 1);
  if (index > journal.lastIndex || logTermAt(journal, index) !== entryTerm) {
    answerFetch(d, from, fetch, 'absent', []);
  } else if (journal.holes.has(index)) {
    answerFetch(d, from, fetch, wasCutShort(d, index) ? 'absent' : 'hole', []);
  } else if (journal.tail.has(index)) {
    answerFetch(d, from, fetch, 'have', entriesInMemory(journal, index, last, d.config.limits.appendBytesMax));
  } else {
    const purpose = { kind: 'fetch', peer: from, term: d.replica.term, entryTerm, index } as const;
    readEntries(d, purpose, index, last);
  }
}

/** The entry a leader asked for came back from the disk, or proved to be damaged there too. */
export function fetchRead(d: Draft, from: ReplicaId, fetch: Omit<Fetch, 'type'>, entries: readonly LogEntry[]): void {
  answerFetch(d, from, fetch, entries.length === 0 ? 'hole' : 'have', entries);
}

export function handleFetchAnswer(d: Draft, from: ReplicaId, answer: FetchAnswer): void {
  const inquiry = d.replica.leadership?.holeInquiry;
  if (inquiry === undefined || inquiry.index !== answer.index) return;
  if (logTermAt(d.journal, answer.index) !== answer.entryTerm) return;
  if (answer.state === 'have') {
    for (const entry of answer.entries) {
      if (!d.journal.holes.has(entry.index)) continue;
      if (logTermAt(d.journal, entry.index) === entry.term) fillHole(d, entry);
    }
    return;
  }
  const answers = { ...inquiry.answers, [from]: { state: answer.state, committed: answer.committed } };
  setLeadership(d, { holeInquiry: { index: inquiry.index, answers } });
  if (mayDiscard(d, inquiry.index)) discard(d, inquiry.index);
}

/**
 * A leader discards a hole, and what follows, only if (a) a majority of each configuration in force does not have the
 * entry, as they said in this leader's term: then it was never committed, and never will be; or (b) every member
 * answered, none is intact, and none knows it to be committed. A hole that the power cut into the last write is no
 * entry that its replica ever had.
 */
function mayDiscard(d: Draft, index: Index): boolean {
  const inquiry = d.replica.leadership?.holeInquiry;
  if (inquiry === undefined || index <= d.replica.commit.index) return false;
  const isAbsent = (id: ReplicaId): boolean =>
    id === d.config.replicaId ? wasCutShort(d, index) : inquiry.answers[id]?.state === 'absent';
  if (hasQuorum(configurationOf(d), isAbsent)) return true;
  return peersOf(d).every((id) => inquiry.answers[id]?.committed === false);
}

/** A leader without peers has nobody to ask. */
export function discardTornWrite(d: Draft): void {
  const index = d.journal.holes.firstKey();
  if (index !== undefined && wasCutShort(d, index)) discard(d, index);
}

/**
 * Whether the power cut short the write that this hole was in, before anyone was told that it is stored; a hole from
 * before was acknowledged, and stays (docs/decisions/0001 and 0008).
 */
function wasCutShort(d: Draft, hole: Index): boolean {
  return hole >= d.journal.lastWriteBegin && hole > d.replica.commit.index;
}

function discard(d: Draft, index: Index): void {
  const { lastIndex } = d.journal;
  truncateLog(d, index);
  observe(d, { what: 'holeDiscarded', index, lastIndex });
}

function answerFetch(
  d: Draft,
  to: ReplicaId,
  fetch: { readonly index: Index; readonly entryTerm: Term },
  state: FetchAnswer['state'],
  entries: readonly LogEntry[],
): void {
  const { index, entryTerm } = fetch;
  const committed = state !== 'absent' && d.replica.commit.index >= index;
  sendToMember(d, to, { type: 'fetchAnswer', index, entryTerm, state, committed, entries });
}
