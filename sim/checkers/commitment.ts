import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { describeEntry } from './ledger.ts';

/**
 * A leader commits only through an entry of its own term: one of an older term can be on a majority and still be
 * overwritten (Ongaro, section 3.6.2 and figure 3.7). The loss itself takes a rare chain of crashes; this sees the cause.
 */
export class Commitment implements Observer {
  private readonly context: CheckContext;

  constructor(context: CheckContext) {
    this.context = context;
  }

  stepped(replica: Replica, _event: Event, after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'committed') continue;
      const { role, term } = this.context.engine.inspect(after);
      if (role !== 'leader') continue;
      const entry = this.context.ledger.at(effect.observation.index);
      requireThat(
        entry?.term === term,
        'commitment',
        () => `${replica.name} leads term ${term} and commits up to ${describeEntry(entry)}.`,
      );
    }
  }
}
