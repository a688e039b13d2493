import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';

/**
 * Whoever comes to lead a term has the votes of a quorum, and they lie on the voters' disks. Two leaders of one term, or
 * one without what was committed, take rare luck besides; this sees the cause.
 */
export class ElectionQuorum implements Observer {
  private readonly context: CheckContext;

  constructor(context: CheckContext) {
    this.context = context;
  }

  stepped(replica: Replica, _event: Event, _after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'roleChanged') continue;
      const { role, term } = effect.observation;
      if (role !== 'leader') continue;
      const { replicas, majority } = this.context;
      const voters = replicas.filter((voter) => this.mayHaveVoted(voter, replica.name, term));
      requireThat(
        voters.length >= majority,
        'election quorum',
        () =>
          `${replica.name} leads term ${term} with the votes of ${voters.map(({ name }) => name).join(', ') || 'nobody'}: ` +
          `${majority} of ${replicas.length} should have voted for it.`,
      );
    }
  }

  /** A damaged or lost disk says nothing, and a voter that went on to a later term no more of its vote in this one. */
  private mayHaveVoted(voter: Replica, candidate: string, term: number): boolean {
    if (voter.losses.lost || voter.losses.rotten) return true;
    const stored = platterOf(this.context, voter).termAndVote();
    if (stored === undefined || stored.term < term) return false;
    return stored.term > term || stored.vote === candidate;
  }
}
