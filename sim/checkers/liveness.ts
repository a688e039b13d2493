import type { Replica } from '../process/replica.ts';
import { Violation } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { termAt } from './leader_completeness.ts';

/** What must come about once nothing fails any more. */
export class Liveness {
  private readonly context: CheckContext;
  /** The end of what was committed when everything was healed. */
  private committedWhenHealed = 0;

  constructor(context: CheckContext) {
    this.context = context;
  }

  /** From here on nothing fails any more. */
  healed(): void {
    this.committedWhenHealed = this.context.ledger.lastIndex;
  }

  /**
   * Somebody leads and has committed an entry of its own term; or did in the meantime: a disk that is slow by itself may
   * make one give up at any moment.
   */
  requireLeader(withinMs: number): void {
    if (this.context.ledger.lastIndex > this.committedWhenHealed) return;
    const leads = (replica: Replica): boolean => {
      if (replica.node === undefined) return false;
      const inspection = this.context.engine.inspect(replica.node);
      return (
        inspection.role === 'leader' &&
        inspection.commitIndex > 0 &&
        termAt(inspection, inspection.commitIndex) === inspection.term
      );
    };
    if (this.context.replicas.some(leads)) return;
    throw new Violation('liveness', `${withinMs} ms after everything was healed nobody leads. ${this.situation()}`);
  }

  /** Why the cluster is not yet at rest with all replicas alike; undefined when it is. */
  unrest(pendingRequests: number): string | undefined {
    if (pendingRequests > 0) return `${pendingRequests} requests of clients have no definite answer.`;
    const { ledger, engine, replicas, platters } = this.context;
    for (const replica of replicas) {
      if (replica.losses.dead || replica.losses.lost) continue;
      if (replica.node === undefined) return `${replica.name} is not running.`;
      const { phase, lastIndex, commitIndex, diskIdle, openRequests } = engine.inspect(replica.node);
      if (phase !== 'member') return `${replica.name} is still ${phase}.`;
      if (lastIndex !== ledger.lastIndex)
        return `The log of ${replica.name} ends at ${lastIndex}, committed is ${ledger.lastIndex}.`;
      if (commitIndex !== ledger.lastIndex)
        return `${replica.name} has committed up to ${commitIndex} of ${ledger.lastIndex}.`;
      if (!diskIdle || !replica.disk.idle) return `${replica.name} is still writing.`;
      if (openRequests > 0) return `${replica.name} still has ${openRequests} open requests.`;
      const onPlatter = platters[replica.number]?.intactIndex();
      if (onPlatter !== lastIndex) return `The platter of ${replica.name} holds ${onPlatter} entries of ${lastIndex}.`;
    }
    return undefined;
  }

  requireRest(withinMs: number, pendingRequests: number): void {
    const unrest = this.unrest(pendingRequests);
    if (unrest === undefined) return;
    throw new Violation(
      'liveness',
      `${withinMs} ms after the clients stopped, or their last record was stored: ${unrest} ${this.situation()}`,
    );
  }

  private situation(): string {
    return this.context.replicas
      .map((replica) => {
        if (replica.losses.dead) return `${replica.name}: dead`;
        if (replica.losses.lost) return `${replica.name}: lost its disk`;
        if (replica.node === undefined) return `${replica.name}: down`;
        const { phase, role, term, leader, lastIndex, commitIndex } = this.context.engine.inspect(replica.node);
        return `${replica.name}: ${phase}, ${role} in term ${term}, follows ${leader ?? 'nobody'}, log up to ${lastIndex}, committed up to ${commitIndex}`;
      })
      .join('; ');
  }
}
