import type { PlantedMistake } from './mistake.ts';

/** What clients are told. */
export const ANSWERS_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'answer "already stored" from an uncommitted entry',
    source: "this project's design, Answers: a deposed leader judges by a dead suffix",
    file: 'engine/admission/stored.ts',
    find: "waitForCommit(d, stored.entry.index, { request, success: { kind: 'stored', lsn } });",
    replace: "close(d, request, { kind: 'stored', lsn });",
  },
  {
    name: 'answer before the commit',
    source: 'MongoDB w:1 and Redis WAIT as tested by Jepsen: acknowledged by the leader alone, gone with it',
    file: 'engine/admission/propose.ts',
    find: "  waitForCommit(d, index, { request, success: { kind: 'stored', lsn: record.lsn } });",
    replace: "  close(d, request, { kind: 'stored', lsn: record.lsn });",
  },
  {
    name: 'read without asking a quorum',
    source: 'Jepsen: etcd 0.4 and Consul, 2014: a deposed leader serves stale reads',
    file: 'engine/admission/barriers.ts',
    find: 'if (barrier.round <= leadership.confirmedRound && barrier.index <= commit.index) ready.push(barrier);',
    replace: 'if (barrier.index <= commit.index) ready.push(barrier);',
  },
  {
    name: 'read before the first commit of the term',
    source: 'Ongaro, section 6.4: a new leader does not know yet what is committed',
    file: 'engine/admission/barriers.ts',
    find: 'const barrier = { request, round: beginRound(d), index: Math.max(index, termStart), outcome };',
    replace: 'const barrier = { request, round: beginRound(d), index: Math.min(index, termStart), outcome };',
  },
  {
    name: 'take an old echo for a new round',
    source: 'Ongaro, section 6.4: only answers to heartbeats sent after the read count',
    file: 'engine/replica/read_index.ts',
    find: 'return leadership.round + 1;',
    replace: 'return Math.max(1, leadership.round);',
  },
  {
    name: 'serve uncommitted reads',
    source: 'Jepsen: dirty reads; a record is shown that the next leader never had',
    file: 'engine/admission/query.ts',
    find: '  if (lsn > commit.lsn || lsn < 1n) {',
    replace: '  if (lsn > d.journal.lastLsn || lsn < 1n) {',
  },
  {
    name: 'serve uncommitted records in a range',
    source: 'Jepsen: dirty reads; a reader that pulls the log applies what the next leader never had',
    file: 'engine/admission/range.ts',
    find: '  const { index: commitIndex, lsn: commitLsn } = d.replica.commit;',
    replace: '  const { lastIndex: commitIndex, lastLsn: commitLsn } = d.journal;',
  },
  {
    name: 'begin a range with what memory holds',
    source: 'a reader that pulls the log is not shown that it misses what the cache has dropped',
    file: 'engine/journal/find.ts',
    find: '  if (first === undefined || mayLieBefore(journal, first, lsn)) return undefined;',
    replace: '  if (first === undefined) return undefined;',
  },
  {
    name: 'ignore the fencing',
    source: 'Kleppmann, "How to do distributed locking", 2016: a paused writer comes back and writes',
    file: 'engine/admission/judge.ts',
    find: '  if (generation < journal.generation) return fenced(journal, record);\n  if (previousLsn',
    replace: '  if (previousLsn',
  },
  {
    name: 'raise the generation to the one in force',
    source: 'two writers would each believe that they have taken over',
    file: 'engine/admission/propose.ts',
    find: 'if (proposal.generation <= generation) {',
    replace: 'if (proposal.generation < generation) {',
  },
  {
    name: 'enter a record before its predecessor',
    source: "this project's design: prev_lsn names what comes right before, and a gap in a WAL cannot be replayed",
    file: 'engine/admission/judge.ts',
    find: "if (previousLsn > journal.lastLsn) return { kind: 'hold', previousLsn };",
    replace: "if (previousLsn > journal.lastLsn) return { kind: 'enter' };",
  },
  {
    name: 'refuse by a log that may be dead',
    source: 'this project\'s design, Answers: every "no" waits until what it was judged by is committed',
    file: 'engine/admission/refuse.ts',
    find: "addBarrier(d, request, refusal.basis, { kind: 'refuse', code: refusal.code, sentence: refusal.sentence });",
    replace: "close(d, request, { ...refusal, kind: 'refused', latestLsn: d.replica.commit.lsn });",
  },
];
