import type { Observer } from '../observer.ts';
import { Answers } from './answers.ts';
import { Commitment } from './commitment.ts';
import { CommittedLog } from './committed_log.ts';
import type { CheckContext } from './context.ts';
import { Durability } from './durability.ts';
import { DurablePromises } from './durable_promises.ts';
import { ElectionQuorum } from './election_quorum.ts';
import { ElectionSafety } from './election_safety.ts';
import { LeaderAppendOnly } from './leader_append_only.ts';
import { LeaderCompleteness } from './leader_completeness.ts';
import { Linearizability } from './linearizability.ts';
import { LogMatching } from './log_matching.ts';
import { MemoryAndDisk } from './memory_and_disk.ts';
import { Reads } from './reads.ts';

export interface Checkers {
  /** In the order in which they must see things: the committed log grows before others judge by it. */
  readonly observers: readonly Observer[];
  readonly durability: Durability;
  readonly memoryAndDisk: MemoryAndDisk;
}

/** All properties of design's checklist that this version checks, 1 to 9 and 12. */
export function createCheckers(context: CheckContext, mode: 'budget' | 'beyond'): Checkers {
  const durability = new Durability(context);
  return {
    observers: [
      new ElectionSafety(),
      new ElectionQuorum(context),
      new LeaderAppendOnly(),
      new LogMatching(context),
      new CommittedLog(context),
      new Commitment(context),
      new LeaderCompleteness(context),
      // Nobody can promise it when every copy is gone.
      ...(mode === 'beyond' ? [] : [durability]),
      new DurablePromises(context),
      new Answers(context),
      new Reads(context),
      new Linearizability(),
    ],
    durability,
    memoryAndDisk: new MemoryAndDisk(context),
  };
}
