import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';

/** At most one leader in a term, over all process lives (Ongaro, figure 3.2). Property 1. */
export class ElectionSafety implements Observer {
  private readonly leaders = new Map<number, string>();

  stepped(replica: Replica, _event: Event, _after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'roleChanged') continue;
      const { role, term } = effect.observation;
      if (role !== 'leader') continue;
      const other = this.leaders.get(term);
      requireThat(
        other === undefined || other === replica.name,
        'election safety',
        () => `${replica.name} leads term ${term}, which ${other} has led already.`,
      );
      this.leaders.set(term, replica.name);
    }
  }
}
