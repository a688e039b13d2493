import type { Configuration } from './configuration.ts';
import { majoritySize } from './configuration.ts';

/** How a vote stands: decided for, decided against, or open until more voters have answered. */
export type VoteResult = 'won' | 'lost' | 'pending';

/**
 * How a vote among the voters stands, `vote` telling each one's answer, `undefined` while there is none. A joint
 * configuration is won when both halves are won and lost as soon as one is lost.
 *
 * Source: Ongaro's dissertation §3.4, §4.3; etcd-io/raft `quorum/majority.go`, `quorum/joint.go` (`VoteResult`).
 */
export function voteResult(configuration: Configuration, vote: (id: string) => boolean | undefined): VoteResult {
  const incoming = voteResultOf(configuration.voters, vote);
  if (incoming === 'lost' || configuration.outgoing.length === 0) {
    return incoming;
  }
  const outgoing = voteResultOf(configuration.outgoing, vote);
  return outgoing === 'won' ? incoming : outgoing;
}

/** Whether those of whom `predicate` is true are a majority of each half of the configuration. */
export function hasQuorum(configuration: Configuration, predicate: (id: string) => boolean): boolean {
  return (
    hasMajority(configuration.voters, predicate) &&
    (configuration.outgoing.length === 0 || hasMajority(configuration.outgoing, predicate))
  );
}

/**
 * The largest index up to which a majority of each half has the log, when `matchIndexOf` tells up to where each voter
 * has it: the index that may be committed, as far as counting goes (the term is the caller's affair).
 *
 * Source: Ongaro's dissertation §3.5, §4.3; etcd-io/raft `quorum/majority.go`, `quorum/joint.go` (`CommittedIndex`).
 */
export function quorumIndex(configuration: Configuration, matchIndexOf: (id: string) => number): number {
  const incoming = quorumIndexOf(configuration.voters, matchIndexOf);
  if (configuration.outgoing.length === 0) {
    return incoming;
  }
  return Math.min(incoming, quorumIndexOf(configuration.outgoing, matchIndexOf));
}

function voteResultOf(voters: readonly string[], vote: (id: string) => boolean | undefined): VoteResult {
  let granted = 0;
  let open = 0;
  for (const id of voters) {
    const answer = vote(id);
    if (answer === undefined) {
      open++;
    } else if (answer) {
      granted++;
    }
  }
  const needed = majoritySize(voters.length);
  if (granted >= needed) {
    return 'won';
  }
  return granted + open >= needed ? 'pending' : 'lost';
}

function hasMajority(voters: readonly string[], predicate: (id: string) => boolean): boolean {
  let count = 0;
  for (const id of voters) {
    if (predicate(id)) {
      count++;
    }
  }
  return count >= majoritySize(voters.length);
}

/** The index at the place of the majority when all are put in descending order. */
function quorumIndexOf(voters: readonly string[], matchIndexOf: (id: string) => number): number {
  // Insertion into a short array: for the handful of voters a cluster has, the fastest way to sort.
  const descending: number[] = [];
  for (const id of voters) {
    const index = matchIndexOf(id);
    let place = descending.length;
    for (; place > 0; place--) {
      const before = descending[place - 1] as number;
      if (before >= index) {
        break;
      }
      descending[place] = before;
    }
    descending[place] = index;
  }
  // A configuration has at least one voter; of nobody, nothing is ever committed.
  return descending[majoritySize(voters.length) - 1] ?? 0;
}
