import type { PlantedMistake } from './mistake.ts';

export type { PlantedMistake } from './mistake.ts';

/** Each must be caught within 200 seeds (`npx tsx tools/planted/main.ts`). */
export const PLANTED_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'vote not persisted',
    source: 'Ongaro, figure 3.1: votedFor is persistent state; a voter that forgets it elects two leaders',
    file: 'engine/replica/term_write.ts',
    find: 'encodeTermFile({ term, votedFor, marks: identity.marks })',
    replace: 'encodeTermFile({ term, votedFor: undefined, marks: identity.marks })',
  },
  {
    name: 'acknowledge before sync',
    source: 'Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014: written is not durable',
    file: 'engine/journal/write.ts',
    find: 'const id = disk(d, [writes, syncs]);\n  d.journal = {\n    ...d.journal,\n    writtenIndex: last,',
    replace: 'const id = disk(d, [writes]);\n  d.journal = {\n    ...d.journal,\n    writtenIndex: last,',
  },
  {
    name: "commit an older term's entry by counting",
    source: 'Ongaro, section 3.6.2 and figure 3.7 (figure 8 of the Raft paper)',
    file: 'engine/replica/commitment.ts',
    find: 'if (index > commit.index && logTermAt(d.journal, index) === term) commitUpTo(d, index);',
    replace: 'if (index > commit.index && logTermAt(d.journal, index) <= term) commitUpTo(d, index);',
  },
  {
    name: 'quorum one too small',
    source: 'an off-by-one: half of an even cluster, a minority of an odd one',
    file: 'engine/membership/configuration.ts',
    find: 'return Math.floor(count / 2) + 1;',
    replace: 'return Math.max(1, Math.floor(count / 2));',
  },
  {
    name: 'vote without comparing logs',
    source: 'the earlier prototype of this project; Ongaro, section 3.6.1',
    file: 'engine/replica/election.ts',
    find: 'return lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= ownLast);',
    replace: 'return lastTerm >= 0 && lastIndex >= 0 && ownTerm >= 0;',
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
    name: 'count a hole as a match',
    source: 'Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018',
    file: 'engine/journal/log.ts',
    find: 'return Math.min(journal.durableIndex, intactIndex(journal));',
    replace: 'return journal.durableIndex;',
  },
  {
    name: 'answer "already stored" from an uncommitted entry',
    source: "this project's design, Answers: a deposed leader judges by a dead suffix",
    file: 'engine/admission/stored.ts',
    find: "waitForCommit(d, stored.entry.index, { request, success: { kind: 'stored', lsn } });",
    replace: "close(d, request, { kind: 'stored', lsn });",
  },
  {
    name: 'trust the page cache after a failed sync',
    source: 'Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020 (PostgreSQL, 2018)',
    file: 'engine/journal/recovery/recover.ts',
    find: 'const operation = disk(d, rewriteSegment(segment, bytes ?? new Uint8Array(0), journal));',
    replace: 'const operation = disk(d, rewriteSegment(segment, bytes ?? new Uint8Array(0), journal).slice(0, 0));',
  },
];
