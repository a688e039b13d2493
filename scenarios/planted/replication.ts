import type { PlantedMistake } from './mistake.ts';

/** What agrees, what is acknowledged, what is committed. */
export const REPLICATION_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'what agreed with one leader agrees with the next',
    source: 'Ongaro, figure 3.1: matchIndex starts from nothing in every term',
    file: 'engine/replica/roles.ts',
    find: 'verifiedIndex: newTerm || wasLeader ? replica.commit.index : replica.verifiedIndex,',
    replace: 'verifiedIndex: replica.verifiedIndex,',
  },
  {
    name: "commit an older term's entry by counting",
    source: 'Ongaro, section 3.6.2 and figure 3.7 (figure 8 of the Raft paper)',
    file: 'engine/replica/commitment.ts',
    find: 'if (index > commit.index && logTermAt(d.journal, index) === term) commitUpTo(d, index);',
    replace: 'if (index > commit.index && logTermAt(d.journal, index) <= term) commitUpTo(d, index);',
  },
  {
    name: 'truncate without a conflict',
    source: 'Ongaro, section 3.5: a delayed append must not shorten the log; a mistake of many Raft implementations',
    file: 'engine/replica/follow.ts',
    find: 'if (d.journal.holes.has(entry.index)) fillHole(d, entry);\n      continue;',
    replace:
      'if (d.journal.holes.has(entry.index)) fillHole(d, entry);\n      if (entry.index > d.replica.commit.index && position === entries.length - 1) truncateLog(d, entry.index + 1);\n      continue;',
  },
  {
    name: 'acknowledge the whole log, not what agrees',
    source:
      'Ongaro, figure 3.1: matchIndex is what the append covered; acknowledging the last index vouches for a dead suffix',
    file: 'engine/replica/follow.ts',
    find: 'return Math.min(acknowledgeableIndex(d.journal), d.replica.verifiedIndex);',
    replace: 'return acknowledgeableIndex(d.journal);',
  },
  {
    name: 'commit beyond what the append covered',
    source:
      'Ongaro, figure 3.1: commitIndex = min(leaderCommit, index of last new entry); hashicorp/raft and others once took the last index of the log',
    file: 'engine/replica/follow.ts',
    find: 'commitUpTo(d, Math.min(append.commitIndex, d.replica.verifiedIndex));',
    replace: 'commitUpTo(d, Math.min(append.commitIndex, d.journal.lastIndex));',
  },
  {
    name: 'skip the consistency check of an append',
    source: 'Ongaro, section 3.5: the entry before must agree, or two logs with the same last entry differ before it',
    file: 'engine/replica/follow.ts',
    find: 'if (previousIndex <= replica.commit.index || logTermAt(journal, previousIndex) === previousTerm) return undefined;',
    replace:
      'if (previousIndex <= journal.lastIndex || logTermAt(journal, previousIndex) === previousTerm) return undefined;',
  },
  {
    name: 'follow a deposed leader',
    source: 'Ongaro, figure 3.1: an append of an older term is refused',
    file: 'engine/replica/receive.ts',
    find: "    if (body.type === 'append' || body.type === 'fetch') answerOldLeader(d, from);",
    replace:
      "    if (body.type === 'append') handleAppend(d, from, body);\n    if (body.type === 'fetch') answerOldLeader(d, from);",
  },
  {
    name: "take the log's end for committed after a restart",
    source: 'Ongaro, section 3.8: commitIndex is volatile, and starts from what is surely known',
    file: 'engine/start.ts',
    find: 'commitUpTo(d, journal.sealed.get(journal.sealed.size - 1)?.lastIndex ?? 0);',
    replace: 'commitUpTo(d, journal.holes.size === 0 ? journal.lastIndex : 0);',
  },
];
