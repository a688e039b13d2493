import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';

/** A leader never drops or overwrites entries of its own log. Property 2. */
export class LeaderAppendOnly implements Observer {
  private readonly leads = new Map<Replica, boolean>();

  started(replica: Replica): void {
    this.leads.set(replica, false);
  }

  stepped(replica: Replica, _event: Event, _after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe') continue;
      const { observation } = effect;
      if (observation.what === 'roleChanged') this.leads.set(replica, observation.role === 'leader');
      if (observation.what === 'truncated') {
        requireThat(
          this.leads.get(replica) !== true,
          'leader append-only',
          () => `${replica.name} truncates its log from entry ${observation.fromIndex} while it leads.`,
        );
      }
    }
  }
}
