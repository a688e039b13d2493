import { sendToMember } from '../identity/send.ts';
import { changeReplica, invariant, observe } from '../draft.ts';
import type { LogEntry } from '../journal/entry.ts';
import { fillHole } from '../journal/fill.ts';
import { acknowledgeableIndex, appendToLog, intactIndex, logTermAt, truncateLog } from '../journal/log.ts';
import type { Draft } from '../state.ts';
import type { Index, ReplicaId, Term } from '../vocabulary/units.ts';
import type { Append } from '../wire/message.ts';
import { commitUpTo } from './commitment.ts';
import { lastIndexWithTermAtMost } from './term_spans.ts';

/** A follower takes entries, or a heartbeat, from the leader of its term (Ongaro, section 3.5). */
export function handleAppend(d: Draft, from: ReplicaId, append: Append): void {
  changeReplica(d, { leaderRound: Math.max(d.replica.leaderRound, append.round) });
  const hint = disagreement(d, append.previousIndex, append.previousTerm);
  if (hint !== undefined) {
    sendToMember(d, from, {
      type: 'appendAnswer',
      round: d.replica.leaderRound,
      matchIndex: matchIndex(d),
      rejected: { previousIndex: append.previousIndex, hintIndex: hint.index, hintTerm: hint.term },
    });
    return;
  }
  takeEntries(d, append.entries);
  const verified = append.previousIndex + append.entries.length;
  changeReplica(d, { verifiedIndex: Math.max(d.replica.verifiedIndex, verified) });
  commitUpTo(d, Math.min(append.commitIndex, d.replica.verifiedIndex));
  noteLag(d, append.commitIndex);
  // Entries are acknowledged once they are on the disk; what is there already, and a heartbeat, at once.
  if (append.entries.length === 0 || matchIndex(d) >= verified) answer(d, from);
}

/** Acknowledges, cumulatively, what has become durable since the last time. */
export function acknowledgeProgress(d: Draft): void {
  const { replica } = d;
  if (replica.role !== 'follower' || replica.leader === undefined) return;
  if (matchIndex(d) > replica.acknowledgedIndex) answer(d, replica.leader);
}

/** What this replica may promise the leader of its term: its log, on the disk, without a hole. */
function matchIndex(d: Draft): Index {
  return Math.min(acknowledgeableIndex(d.journal), d.replica.verifiedIndex);
}

function answer(d: Draft, leader: ReplicaId): void {
  const match = matchIndex(d);
  changeReplica(d, { acknowledgedIndex: Math.max(d.replica.acknowledgedIndex, match) });
  sendToMember(d, leader, {
    type: 'appendAnswer',
    round: d.replica.leaderRound,
    matchIndex: match,
    rejected: undefined,
  });
}

/**
 * Where the leader should look next when the entry before its append is not this log's, or lies behind a hole;
 * undefined when the logs agree there. The hint skips whole terms, as etcd's does.
 */
function disagreement(
  d: Draft,
  previousIndex: Index,
  previousTerm: Term,
): { readonly index: Index; readonly term: Term } | undefined {
  const { journal, replica } = d;
  const intact = intactIndex(journal);
  if (previousIndex > intact) {
    const index = Math.min(intact, journal.lastIndex);
    return { index, term: logTermAt(journal, index) };
  }
  if (previousIndex <= replica.commit.index || logTermAt(journal, previousIndex) === previousTerm) return undefined;
  const index = lastIndexWithTermAtMost(journal.termSpans, journal.lastIndex, previousIndex, previousTerm);
  return { index, term: logTermAt(journal, index) };
}

/** Skips what it has, fills holes, and gives way only to a proven conflict: another term at the same index. */
function takeEntries(d: Draft, entries: readonly LogEntry[]): void {
  for (const [position, entry] of entries.entries()) {
    if (entry.index > d.journal.lastIndex) {
      appendToLog(d, entries.slice(position));
      return;
    }
    if (logTermAt(d.journal, entry.index) === entry.term) {
      if (d.journal.holes.has(entry.index)) fillHole(d, entry);
      continue;
    }
    const { commit, verifiedIndex, term } = d.replica;
    invariant(
      entry.index > commit.index,
      () => `the leader of term ${term} would replace committed entry ${entry.index}`,
    );
    // Acknowledged to this very leader: it appends only (Ongaro, section 3.5), what it vouched for stays.
    invariant(
      entry.index > verifiedIndex,
      () => `the leader of term ${term} would replace its own entry ${entry.index}`,
    );
    const { lastIndex } = d.journal;
    truncateLog(d, entry.index);
    observe(d, { what: 'truncated', fromIndex: entry.index, lastIndex });
    appendToLog(d, entries.slice(position));
    return;
  }
}

/** Remembers since when this follower lacks a record it knows to be committed. */
function noteLag(d: Draft, leaderCommit: Index): void {
  const behind = leaderCommit > matchIndex(d);
  const { behindSince } = d.replica;
  if (behind === (behindSince !== undefined)) return;
  changeReplica(d, { behindSince: behind ? d.now : undefined });
}
