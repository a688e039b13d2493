import { sendToMember } from '../identity/send.ts';
import { setMark } from '../identity/handshake.ts';
import { contactOf } from '../identity/state.ts';
import type { LogEntry } from '../journal/entry.ts';
import { entriesInMemory, intactIndex, logTermAt } from '../journal/log.ts';
import { readEntries } from '../journal/reading.ts';
import type { Draft } from '../state.ts';
import type { Index, ReplicaId } from '../vocabulary/units.ts';
import type { AppendAnswer } from '../wire/message.ts';
import { peersOf } from './members.ts';
import { putProgress, setLeadership, setProgress } from './progress.ts';
import { changedProgress, type Progress } from './state.ts';
import { lastIndexWithTermAtMost } from './term_spans.ts';

/** Sends every follower what it lacks, as far as its window is open. */
export function replicate(d: Draft): void {
  if (d.replica.leadership === undefined) return;
  for (const peer of peersOf(d)) replicateTo(d, peer);
}

/** A sign of life to every follower; it also asks where a lost append left them. */
export function sendHeartbeats(d: Draft): void {
  for (const peer of peersOf(d)) {
    const progress = d.replica.leadership?.progress[peer];
    if (progress === undefined) continue;
    sendEmptyAppend(d, peer, progress);
    // A probe that was not answered by now is taken for lost.
    if (progress.state === 'probe') setProgress(d, peer, { probing: true, inflight: [] });
  }
  setLeadership(d, { heartbeatDeadline: d.now + d.config.timing.heartbeatMs });
}

/** Tells a follower how far the log is committed, and that its leader lives. */
export function sendEmptyAppend(d: Draft, peer: ReplicaId, progress: Progress): void {
  sendAppend(d, peer, progress.nextIndex - 1, []);
  setProgress(d, peer, { toldCommit: d.replica.commit.index });
}

export function handleAppendAnswer(d: Draft, from: ReplicaId, answer: AppendAnswer): void {
  const progress = d.replica.leadership?.progress[from];
  if (progress === undefined) return;
  const heard = changedProgress(progress, { active: true, round: Math.max(progress.round, answer.round) });
  if (answer.rejected !== undefined) putProgress(d, from, rejected(d, heard, answer.rejected));
  else accepted(d, from, heard, answer.matchIndex);
}

/** Entries a follower lacks came back from the disk. */
export function catchUpRead(d: Draft, peer: ReplicaId, entries: readonly LogEntry[]): void {
  const progress = d.replica.leadership?.progress[peer];
  if (progress === undefined) return;
  setProgress(d, peer, { reading: false });
  // The follower's answers may have moved the window since the read began.
  const first = entries.findIndex((entry) => entry.index === progress.nextIndex);
  if (first === -1) return;
  sendEntries(d, peer, entries.slice(first));
}

/** What a follower lacks is damaged here. It asks again with the next heartbeat: no busy loop over a damaged file. */
export function catchUpFailed(d: Draft, peer: ReplicaId): void {
  setProgress(d, peer, { reading: false, state: 'probe', probing: true, inflight: [] });
}

function accepted(d: Draft, from: ReplicaId, progress: Progress, matchIndex: Index): void {
  const match = Math.max(progress.matchIndex, matchIndex);
  // This leader never sent, nor named, what lies behind a hole of its own.
  if (match > intactIndex(d.journal)) {
    putProgress(d, from, progress);
    return;
  }
  // The logs agree before the probe, so its entries need not be sent again.
  const sent = progress.inflight[progress.inflight.length - 1]?.lastIndex ?? 0;
  const accepting = changedProgress(progress, {
    state: 'replicate',
    probing: false,
    matchIndex: match,
    nextIndex: Math.max(progress.nextIndex, match + 1, sent + 1),
    inflight: progress.inflight.filter((append) => append.lastIndex > match),
    behindSince: match >= d.replica.commit.index ? undefined : (progress.behindSince ?? d.now),
  });
  putProgress(d, from, accepting);
  const contact = contactOf(d.identity, from);
  if (contact !== undefined) {
    setMark(d, {
      replicaId: from,
      boot: contact.boot,
      session: contact.session,
      term: d.replica.term,
      acknowledgedIndex: match,
    });
  }
}

/** The logs differ before the append: look further back. An answer to an append of before proves nothing. */
function rejected(
  d: Draft,
  progress: Progress,
  rejection: { readonly previousIndex: Index; readonly hintIndex: Index; readonly hintTerm: number },
): Progress {
  const { previousIndex, hintIndex, hintTerm } = rejection;
  if (previousIndex <= progress.matchIndex) return progress;
  if (progress.state === 'probe' && previousIndex !== progress.nextIndex - 1) return progress;
  const { journal } = d;
  const agreed = lastIndexWithTermAtMost(
    journal.termSpans,
    journal.lastIndex,
    Math.min(hintIndex, journal.lastIndex),
    hintTerm,
  );
  const nextIndex = Math.max(Math.min(previousIndex, agreed + 1), progress.matchIndex + 1);
  return changedProgress(progress, { state: 'probe', probing: false, nextIndex, inflight: [] });
}

function replicateTo(d: Draft, peer: ReplicaId): void {
  // Entries behind a hole cannot be sent; a leader resolves its holes before its no-op.
  const sendable = intactIndex(d.journal);
  for (;;) {
    const progress = d.replica.leadership?.progress[peer];
    if (progress === undefined || progress.reading || progress.nextIndex > sendable) return;
    if (contactOf(d.identity, peer) === undefined) return;
    if (progress.state === 'probe' ? progress.probing : isWindowFull(d, progress)) return;
    const entries = entriesInMemory(d.journal, progress.nextIndex, sendable, d.config.limits.appendBytesMax);
    if (entries.length === 0) {
      setProgress(d, peer, { reading: true });
      readEntries(d, { kind: 'catchUp', peer, term: d.replica.term }, progress.nextIndex, sendable);
      return;
    }
    sendEntries(d, peer, entries);
  }
}

/** Enough is in flight: the follower's acknowledgements open the window again. */
function isWindowFull(d: Draft, progress: Progress): boolean {
  const { inflightAppendsMax, inflightBytesMax } = d.config.limits;
  if (progress.inflight.length >= inflightAppendsMax) return true;
  return progress.inflight.reduce((sum, append) => sum + append.bytes, 0) >= inflightBytesMax;
}

function sendEntries(d: Draft, peer: ReplicaId, entries: readonly LogEntry[]): void {
  const progress = d.replica.leadership?.progress[peer];
  const last = entries[entries.length - 1];
  if (progress === undefined || last === undefined) return;
  sendAppend(d, peer, progress.nextIndex - 1, entries);
  const bytes = entries.reduce((sum, entry) => sum + entry.body.length, 0);
  const append = { lastIndex: last.index, bytes };
  const toldCommit = d.replica.commit.index;
  if (progress.state === 'probe') setProgress(d, peer, { probing: true, inflight: [append], toldCommit });
  else {
    setProgress(d, peer, { nextIndex: last.index + 1, inflight: [...progress.inflight, append], toldCommit });
  }
}

function sendAppend(d: Draft, peer: ReplicaId, previousIndex: Index, entries: readonly LogEntry[]): void {
  sendToMember(d, peer, {
    type: 'append',
    previousIndex,
    previousTerm: logTermAt(d.journal, previousIndex),
    commitIndex: d.replica.commit.index,
    round: d.replica.leadership?.round ?? 0,
    entries,
  });
}
