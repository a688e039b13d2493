import { changeIdentity, halt, observe } from './draft.ts';
import { decodeMembership } from './membership/membership.ts';
import type { Recovered } from './journal/recovery/recover.ts';
import { logTermAt } from './journal/log.ts';
import { decodeDoubled } from './journal/doubled.ts';
import { changedIdentity, initialIdentity, peersIn } from './identity/state.ts';
import { changedReplica, initialReplica } from './replica/state.ts';
import { restartElectionTimer } from './replica/roles.ts';
import { commitUpTo } from './replica/commitment.ts';
import type { Draft } from './state.ts';

/** The directory was read and made durable: the node begins to take part. */
export function enterService(d: Draft, recovered: Recovered): void {
  const { journal, found, tornEntries } = recovered;
  const { identity, termFile } = found;
  d.journal = journal;
  d.identity = changedIdentity(initialIdentity(), {
    incarnation: identity.incarnation,
    boot: identity.boot,
    session: identity.sessions[identity.sessions.length - 1] ?? 0,
    sessions: identity.sessions,
    clusterId: identity.clusterId,
    recoveredTerm: termFile.term,
    recoveredIndex: journal.lastIndex,
    marks: termFile.marks,
    helloDeadline: d.now,
  });
  // Entries may have reached the disk before the term they were taken in did. It voted for nobody in that one.
  const term = Math.max(termFile.term, logTermAt(journal, journal.lastIndex));
  const votedFor = term === termFile.term ? termFile.votedFor : undefined;
  d.replica = changedReplica(initialReplica(), {
    term,
    votedFor,
    durableTerm: termFile.term,
    durableVote: termFile.votedFor,
  });
  d.phase = identity.clusterId === undefined ? 'founding' : 'member';
  if (d.phase === 'member' && !loadMembership(d, recovered)) return;
  restartElectionTimer(d);
  observe(d, {
    what: 'recovered',
    replicaId: identity.replicaId,
    incarnation: identity.incarnation,
    boot: identity.boot,
    term,
    lastIndex: journal.lastIndex,
    lastLsn: journal.lastLsn,
    holes: journal.holes.size,
    tornEntries,
  });
  if (d.phase !== 'member') return;
  // Only what is committed is ever sealed.
  commitUpTo(d, journal.sealed.get(journal.sealed.size - 1)?.lastIndex ?? 0);
}

/** The latest membership entry of the log is in force, committed or not (Ongaro, section 4.1). */
function loadMembership(d: Draft, { journal, found }: Recovered): boolean {
  for (const control of [...found.controls].reverse()) {
    if (control.index > journal.lastIndex || logTermAt(journal, control.index) !== control.term) continue;
    const payload = decodeDoubled('control', control.bytes);
    if (payload === undefined) break;
    const membership = decodeMembership(payload);
    const first = found.controls.find((candidate) => candidate.index === 1);
    const founding = first === undefined ? undefined : decodeDoubled('control', first.bytes);
    changeIdentity(d, { membership, peers: peersIn(membership, d.config.replicaId), founding });
    return true;
  }
  halt(d, 'fault', 'the membership of the cluster is missing or damaged in both copies: this disk lost data');
  return false;
}
