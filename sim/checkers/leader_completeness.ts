import type { Inspection } from '../../engine/index.ts';
import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { describeEntry } from './ledger.ts';

/**
 * Whatever was committed in a term is in the log of every leader of a later term. Property 4. The last such entry
 * speaks for those before it: same index and term, same prefix, which `LogMatching` checks.
 */
export class LeaderCompleteness implements Observer {
  private readonly context: CheckContext;

  constructor(context: CheckContext) {
    this.context = context;
  }

  stepped(replica: Replica, _event: Event, after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'roleChanged') continue;
      if (effect.observation.role === 'leader')
        this.check(replica, effect.observation.term, this.context.engine.inspect(after));
    }
  }

  private check(replica: Replica, term: number, inspection: Inspection): void {
    const { ledger } = this.context;
    // A candidate may win an old term after a newer one has committed: it owes the newer one nothing.
    let index = ledger.lastIndex;
    while (index > 0 && (ledger.at(index)?.committedInTerm ?? 0) >= term) index -= 1;
    const committed = ledger.at(index);
    if (committed === undefined) return;
    const own = inspection.lastIndex < index ? undefined : termAt(inspection, index);
    requireThat(
      own === committed.term,
      'leader completeness',
      () =>
        `${replica.name} leads term ${term}, but of ${describeEntry(committed)}, committed in term ${committed.committedInTerm}, ` +
        (own === undefined ? `its log has nothing: it ends at ${inspection.lastIndex}.` : `its log has term ${own}.`),
    );
  }
}

export function termAt(inspection: Inspection, index: number): number {
  let term = 0;
  for (const span of inspection.termSpans) {
    if (span.firstIndex > index) break;
    term = span.term;
  }
  return term;
}
