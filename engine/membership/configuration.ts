/**
 * Who decides, who listens. Members are named by their replica ids.
 *
 * A configuration with `outgoing` members is *joint*: on the way from the voters `outgoing` to the voters `voters`, when
 * every decision needs a majority of the one **and** a majority of the other. Source: Ongaro's dissertation §4.3 (joint
 * consensus), §4.2.1 (learners, there "non-voting members"); etcd-io/raft `quorum/joint.go`.
 */
export interface Configuration {
  /** Those whose majority decides; the incoming ones if the configuration is joint. Never empty. */
  readonly voters: readonly string[];
  /** The voters before the change under way, or nobody. */
  readonly outgoing: readonly string[];
  /** Those who get the log and never count. */
  readonly learners: readonly string[];
}

const NOBODY: readonly string[] = [];

/** The configuration that is these voters and nothing else. */
export function simpleConfiguration(voters: readonly string[]): Configuration {
  return { voters, outgoing: NOBODY, learners: NOBODY };
}

/** Whether a change of voters is under way, and so two majorities are needed. */
export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0;
}

/**
 * How many of `count` voters are a majority. Two majorities of the same voters always have a member in common, which
 * is what all of Raft rests on. Source: Ongaro's dissertation §2.1.
 */
export function majoritySize(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** Whether the replica counts, in either half of a joint configuration. */
export function isVoter(configuration: Configuration, id: string): boolean {
  return configuration.voters.includes(id) || configuration.outgoing.includes(id);
}

/** Whether the replica has any part in the configuration, as a voter of either half or as a learner. */
export function isMember(configuration: Configuration, id: string): boolean {
  return isVoter(configuration, id) || configuration.learners.includes(id);
}

/** All that {@link isMember} is true of, each once, ascending by UTF-16 code unit (no locale has a say). */
export function members(configuration: Configuration): readonly string[] {
  return [...new Set([...configuration.voters, ...configuration.outgoing, ...configuration.learners])].sort();
}

/**
 * Why this is not a configuration a cluster can have, as a sentence for a person, or `undefined` if it is one.
 *
 * A replica that is to become a learner stays a voter of the outgoing half until the joint configuration is left, and
 * is a learner only from then on; so nobody is ever both.
 */
export function validateConfiguration(configuration: Configuration): string | undefined {
  const { voters, outgoing, learners } = configuration;
  if (voters.length === 0) {
    return 'A configuration needs at least one voter.';
  }
  if (members(configuration).includes('')) {
    return 'A replica id is never empty.';
  }
  const twice = firstDuplicate(voters) ?? firstDuplicate(outgoing) ?? firstDuplicate(learners);
  if (twice !== undefined) {
    return `Replica "${twice}" is named twice in the same list.`;
  }
  const both = learners.find((id) => isVoter(configuration, id));
  if (both !== undefined) {
    return `Replica "${both}" is named as a voter and as a learner.`;
  }
  return undefined;
}

function firstDuplicate(ids: readonly string[]): string | undefined {
  return ids.find((id, position) => ids.indexOf(id) !== position);
}
