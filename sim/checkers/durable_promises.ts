import type { Effect } from '../../engine/vocabulary/index.ts';
import type { MessageFacts } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';
import { termAt } from './leader_completeness.ts';

/** Reading a long message takes a while. */
const LONG_MESSAGE_BYTES = 1_024;

/**
 * Nothing is promised before it is durable, compared at the instant of the promise with what the platter holds; terms
 * never go back across crashes, and there is one vote in a term. Property 8.
 */
export class DurablePromises implements Observer {
  private readonly context: CheckContext;
  private readonly nameAt: ReadonlyMap<string, string>;
  /** The highest term that each replica ever showed to another. */
  private readonly terms: number[];
  private readonly votes: Map<number, string>[];

  constructor(context: CheckContext) {
    this.context = context;
    this.nameAt = new Map(context.replicas.map((replica) => [replica.config.advertiseUrl, replica.name]));
    this.terms = context.replicas.map(() => 0);
    this.votes = context.replicas.map(() => new Map());
  }

  started(replica: Replica): void {
    const shown = this.terms[replica.number] ?? 0;
    if (shown === 0) return;
    const stored = platterOf(this.context, replica).termAndVote();
    // Whoever has another directory never made these promises, and others must see to it that its word does not count.
    if (replica.losses.lost || (replica.losses.rotten && stored === undefined)) return;
    requireThat(
      stored !== undefined && stored.term >= shown,
      'durable promises',
      () =>
        `${replica.name} showed term ${shown} to others, but starts with ${stored?.term ?? 'no term'} on its platter.`,
    );
    const vote = this.votes[replica.number]?.get(stored?.term ?? 0);
    requireThat(
      vote === undefined || vote === stored?.vote,
      'durable promises',
      () => `${replica.name} voted for ${vote} in term ${stored?.term}, but its platter says "${stored?.vote}".`,
    );
  }

  effect(replica: Replica, effect: Effect): void {
    // Only appends are long, and the heartbeats beside them show the same term.
    if (effect.kind !== 'send' || effect.bytes.length > LONG_MESSAGE_BYTES || replica.losses.lost) return;
    const facts = this.context.engine.describeMessage(effect.bytes);
    if (facts === undefined) return;
    this.checkTerm(replica, facts);
    if (facts.type === 'vote') this.checkVote(replica, facts, replica.name);
    if (facts.type === 'voteAnswer' && facts.granted === true)
      this.checkVote(replica, facts, this.nameAt.get(effect.to) ?? effect.to);
    if (facts.type === 'appendAnswer' && facts.matchIndex !== undefined && !replica.isSpent)
      this.checkMatch(replica, facts.matchIndex);
  }

  private checkTerm(replica: Replica, { term, type }: MessageFacts): void {
    if (term === 0) return;
    const stored = platterOf(this.context, replica).termAndVote();
    if (stored === undefined && replica.losses.rotten) return;
    requireThat(
      stored !== undefined && stored.term >= term,
      'durable promises',
      () =>
        `${replica.name} sends a message (${type}) of term ${term} while its platter holds ${stored?.term ?? 'no term'}.`,
    );
    this.terms[replica.number] = Math.max(this.terms[replica.number] ?? 0, term);
  }

  private checkVote(replica: Replica, { term }: MessageFacts, candidate: string): void {
    const stored = platterOf(this.context, replica).termAndVote();
    requireThat(
      (stored === undefined && replica.losses.rotten) ||
        (stored !== undefined && (stored.term > term || stored.vote === candidate)),
      'durable promises',
      () =>
        `${replica.name} votes for ${candidate} in term ${term} while its platter holds a vote for "${stored?.vote}".`,
    );
    const votes = this.votes[replica.number];
    const other = votes?.get(term);
    requireThat(
      other === undefined || other === candidate,
      'one vote per term',
      () => `${replica.name} votes for ${candidate} in term ${term}, in which it voted for ${other}.`,
    );
    votes?.set(term, candidate);
  }

  private checkMatch(replica: Replica, matchIndex: number): void {
    if (matchIndex === 0) return;
    const platter = platterOf(this.context, replica);
    const intact = platter.intactIndex();
    requireThat(
      intact >= matchIndex,
      'durable promises',
      () =>
        `${replica.name} acknowledges its log up to entry ${matchIndex}; its platter holds sound identifiers up to ` +
        `${platter.lastIndex()} and bytes up to ${intact}.`,
    );
    const { node } = replica;
    if (node === undefined) return;
    const term = termAt(this.context.engine.inspect(node), matchIndex);
    const stored = platter.entry(matchIndex)?.term;
    requireThat(
      stored === term,
      'durable promises',
      () =>
        `${replica.name} acknowledges entry ${matchIndex} of term ${term}; on its platter that entry has term ${stored}.`,
    );
  }
}
