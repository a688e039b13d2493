import type { PlantedMistake } from './mistake.ts';

/** Terms, votes and quorums. */
export const ELECTIONS_MISTAKES: readonly PlantedMistake[] = [
  {
    name: 'vote not persisted',
    source: 'Ongaro, figure 3.1: votedFor is persistent state; a voter that forgets it elects two leaders',
    file: 'engine/replica/term_write.ts',
    find: 'encodeTermFile({ term, votedFor, marks: identity.marks, synced: noted })',
    replace: 'encodeTermFile({ term, votedFor: undefined, marks: identity.marks, synced: noted })',
  },
  {
    name: 'promise before term and vote are durable',
    source:
      'Ongaro, section 3.8: "must be persisted before responding to RPCs"; LogCabin and etcd both tested against it',
    file: 'engine/identity/send.ts',
    find: 'if (replica.durableTerm === replica.term && replica.durableVote === replica.votedFor) {',
    replace: 'if (replica.term >= replica.durableTerm) {',
  },
  {
    name: 'vote twice in one term',
    source: 'Ongaro, figure 3.1: at most one candidate in a term gets a vote, first come, first served',
    file: 'engine/replica/election.ts',
    find: 'const free = replica.votedFor === undefined || replica.votedFor === from;',
    replace: 'const free = replica.votedFor === undefined || replica.votedFor !== from;',
  },
  {
    name: 'quorum one too small',
    source: 'an off-by-one: half of an even cluster, a minority of an odd one',
    file: 'engine/membership/configuration.ts',
    find: 'return Math.floor(count / 2) + 1;',
    replace: 'return Math.max(1, Math.floor(count / 2));',
  },
  {
    name: 'count votes of an earlier election',
    source: 'Ongaro, figure 3.1: an answer of an older term is ignored; a classic of homework Rafts',
    file: 'engine/replica/receive.ts',
    find: "    if (body.type === 'append' || body.type === 'fetch') answerOldLeader(d, from);",
    replace:
      "    if (body.type === 'voteAnswer') handleVoteAnswer(d, from, body);\n    if (body.type === 'append' || body.type === 'fetch') answerOldLeader(d, from);",
  },
  {
    name: 'vote without comparing logs',
    source: 'the earlier prototype of this project; Ongaro, section 3.6.1',
    file: 'engine/replica/election.ts',
    find: 'return lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= ownLast);',
    replace: 'return lastTerm >= 0 && lastIndex >= 0 && ownTerm >= 0;',
  },
  {
    name: 'compare logs by length only',
    source: 'Ongaro, section 3.6.1: the last term comes first; "the longer log wins" loses committed entries',
    file: 'engine/replica/election.ts',
    find: 'return lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= ownLast);',
    replace: 'return lastIndex >= ownLast && lastTerm >= 0 && ownTerm >= 0;',
  },
];
