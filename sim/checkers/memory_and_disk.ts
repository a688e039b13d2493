import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';

/** When a node has nothing to write, what it believes of its log, term, vote and identity is what its platter holds, unless that was damaged. Property 12. */
export class MemoryAndDisk {
  private readonly context: CheckContext;

  constructor(context: CheckContext) {
    this.context = context;
  }

  /** Looks at one replica, now. True when there was something to compare. */
  sample(replica: Replica): boolean {
    const { node } = replica;
    if (node === undefined || !replica.disk.idle || replica.isSpent) return false;
    const inspection = this.context.engine.inspect(node);
    if (inspection.phase !== 'member' || !inspection.diskIdle) return false;
    const platter = platterOf(this.context, replica);
    const differs = (what: string, inMemory: unknown, onPlatter: unknown): void => {
      requireThat(
        inMemory === onPlatter,
        'memory and disk',
        () =>
          `${replica.name} is idle and believes its ${what} to be ${String(inMemory)}; its platter holds ${String(onPlatter)}.`,
      );
    };
    differs('last entry', inspection.lastIndex, platter.lastIndex());
    // The disk may hold more than the node trusts: what is left of a torn frame, padded with zeros, can happen to be it.
    const trusted = (inspection.holes[0] ?? inspection.lastIndex + 1) - 1;
    const intact = platter.intactIndex();
    requireThat(
      intact >= trusted,
      'memory and disk',
      () =>
        `${replica.name} is idle and trusts its bytes up to entry ${trusted}; its platter holds them up to ${intact}.`,
    );
    const stored = platter.termAndVote();
    differs('term', inspection.term, stored?.term ?? 0);
    differs('vote', inspection.votedFor ?? '', stored?.vote ?? '');
    const identity = platter.identity();
    differs('incarnation', inspection.incarnation, identity?.incarnation);
    differs('boot number', inspection.boot, identity?.boot);
    for (const span of inspection.termSpans) {
      differs(`term of entry ${span.firstIndex}`, span.term, platter.entry(span.firstIndex)?.term);
      if (span.firstIndex > 1) {
        const before = platter.entry(span.firstIndex - 1)?.term ?? Infinity;
        requireThat(
          before < span.term,
          'memory and disk',
          () => `${replica.name} has term ${before} before term ${span.term} on its platter.`,
        );
      }
    }
    const last = inspection.termSpans[inspection.termSpans.length - 1];
    if (last !== undefined) differs('last term', last.term, platter.entry(inspection.lastIndex)?.term);
    return true;
  }
}
