import type { LogEntry } from '../../engine/index.ts';
import type { Effect, Event } from '../../engine/vocabulary/index.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Replica } from '../process/replica.ts';
import { requireThat } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';
import { FRAME_HEADER } from './disk_reader.ts';
import { type CommittedEntry, describeEntry, type EntryFacts, sameEntry } from './ledger.ts';
import { isEqual, type Variant } from './proposals.ts';

/**
 * There is one committed log: the first replica to commit an index extends it, all others must agree, entry by entry
 * (property 5). Nothing is in it that no client sent, and LSNs rise along it (property 7). Within one process life a
 * replica's commit index never goes back (part of property 8).
 */
export class CommittedLog implements Observer {
  private readonly context: CheckContext;
  private readonly committed: number[];

  constructor(context: CheckContext) {
    this.context = context;
    this.committed = context.replicas.map(() => 0);
  }

  started(replica: Replica): void {
    this.committed[replica.number] = 0;
  }

  stepped(replica: Replica, _event: Event, after: EngineNode, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'committed') continue;
      const { index, lsn, recordCount } = effect.observation;
      const before = this.committed[replica.number] ?? 0;
      requireThat(
        index >= before,
        'commit index',
        () => `${replica.name} had committed up to ${before}, now only up to ${index}.`,
      );
      for (let at = before + 1; at <= index; at++) this.commit(replica, after, at);
      this.committed[replica.number] = index;
      const entry = this.context.ledger.at(index);
      requireThat(
        entry !== undefined && entry.lsn === lsn && entry.recordCount === recordCount,
        'state machine safety',
        () =>
          `${replica.name} says that at entry ${index} the LSN is ${lsn} after ${recordCount} records; ` +
          `it is ${entry?.lsn} after ${entry?.recordCount}.`,
      );
    }
  }

  private commit(replica: Replica, node: EngineNode, index: number): void {
    const { ledger, engine } = this.context;
    const inMemory = engine.entryAt(node, index);
    const entry: EntryFacts | undefined = inMemory ?? platterOf(this.context, replica).entry(index);
    const known = ledger.at(index);
    requireThat(
      entry !== undefined,
      'state machine safety',
      () => `${replica.name} commits entry ${index}, which it does not have.`,
    );
    if (entry === undefined) return;
    if (known !== undefined) {
      requireThat(
        sameEntry(entry, known),
        'state machine safety',
        () =>
          `${replica.name} commits ${describeEntry(entry)}, but what was committed there is ${describeEntry(known)}.`,
      );
      return;
    }
    ledger.append(this.firstSeen(replica, node, entry, inMemory));
  }

  private firstSeen(
    replica: Replica,
    node: EngineNode,
    entry: EntryFacts,
    inMemory: LogEntry | undefined,
  ): CommittedEntry {
    const { ledger, engine } = this.context;
    const last = ledger.last;
    const isRecord = entry.kind === 'record';
    const lsn = last?.lsn ?? 0n;
    const generation = last?.generation ?? 0;
    requireThat(
      isRecord ? entry.lsn > lsn : entry.lsn === lsn,
      'LSN order',
      () => `${replica.name} commits ${describeEntry(entry)} after LSN ${lsn}.`,
    );
    requireThat(
      entry.kind === 'generation' ? entry.generation > generation : Number(entry.generation) === generation,
      'generations',
      () => `${replica.name} commits ${describeEntry(entry)} after generation ${generation}.`,
    );
    const variant = isRecord ? this.origin(replica, entry, inMemory) : undefined;
    return {
      index: entry.index,
      term: entry.term,
      kind: entry.kind,
      lsn: entry.lsn,
      generation: Number(entry.generation),
      spaceId: entry.spaceId,
      pageNo: entry.pageNo,
      checksum: entry.checksum,
      committedInTerm: engine.inspect(node).term,
      recordCount: (last?.recordCount ?? 0) + (isRecord ? 1 : 0),
      variant,
    };
  }

  private origin(replica: Replica, entry: EntryFacts, inMemory: LogEntry | undefined): Variant | undefined {
    const variant = this.context.proposals.find(
      entry.lsn,
      ({ proposal, checksum }) =>
        checksum === entry.checksum && proposal.spaceId === entry.spaceId && proposal.pageNo === entry.pageNo,
    );
    requireThat(
      variant !== undefined,
      'origin',
      () => `${replica.name} commits ${describeEntry(entry)}, which no client sent.`,
    );
    if (variant === undefined) return undefined;
    requireThat(
      inMemory === undefined || isEqual(inMemory.body.subarray(FRAME_HEADER), variant.proposal.data),
      'origin',
      () => `${replica.name} commits ${describeEntry(entry)} with other bytes than the client sent.`,
    );
    requireThat(
      variant.generation >= Number(entry.generation),
      'fencing',
      () => `${replica.name} commits ${describeEntry(entry)}, proposed under generation ${variant.generation} at most.`,
    );
    const lastLsn = this.context.ledger.last?.lsn ?? 0n;
    requireThat(
      variant.predecessors.has(undefined) || variant.predecessors.has(lastLsn),
      'predecessors',
      () =>
        `${replica.name} commits ${describeEntry(entry)} after LSN ${lastLsn}; its client wants it after ` +
        `${[...variant.predecessors].join(' or ')}.`,
    );
    requireThat(
      variant.refused.size < variant.requests.size,
      'definite answers',
      () => `${replica.name} commits ${describeEntry(entry)}, though every request for it was refused for good.`,
    );
    variant.committed = true;
    return variant;
  }
}
