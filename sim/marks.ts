import {
  type Answer,
  type Effect,
  type Event,
  eventsOf,
  type Observation,
  type RefusalCode,
} from '../engine/vocabulary/index.ts';
import type { ClientRequest } from './clients/request.ts';
import type { EngineNode, EngineUnderTest } from './engine_under_test.ts';
import type { Observer } from './observer.ts';
import type { Ending, Replica } from './process/replica.ts';

/**
 * Things that must happen sometimes in a campaign, or its silence proves nothing: FoundationDB and TigerBeetle call them
 * "sometimes" assertions and coverage marks. Counted in each run, summed over a campaign.
 */
export const MARKS = [
  'cluster founded',
  'leader elected',
  'leader changed',
  'vote split',
  'leader stepped down',
  'leader crashed with uncommitted entries',
  'crashed in the middle of a step',
  'crashed while recovering',
  'crashed before founding was complete',
  'power cut',
  'power cut of all',
  'torn tail cut',
  'hole found',
  'hole filled',
  'hole discarded',
  'suffix truncated',
  'segment sealed',
  'sync failed',
  'write failed',
  'read failed',
  'disk full',
  'failed sync survived',
  'leader stepped down for its stalled disk',
  'halted after a fault',
  'shut down in order',
  'leadership handed over',
  'paused past an election timeout',
  'clock set back',
  'clock frozen',
  'messages of some types lost',
  'messages of some types held back',
  'damaged message dropped',
  'synced data rotted',
  'damage found',
  'data directory lost',
  'data directory restored from an old copy',
  'replica with another data directory turned away',
  'record stored',
  'stored after a retry',
  'record stored by another replica than the one first asked',
  'stored out of order of arrival',
  'generation raised',
  'refused: conflict',
  'refused: out_of_order',
  'refused: gap',
  'refused: fenced',
  'answered: notLeader',
  'answered: unknown',
  'answered: unavailable',
  'answered: overloaded',
  'answered: tooLarge',
  'linearizable read of the latest',
  'linearizable read of a record',
  'linearizable read of a missing record',
  'local read of a record',
  'local read behind the cluster',
  'read of a range',
  'read of a range ended before it',
] as const;

export type Mark = (typeof MARKS)[number];

export type MarkCounts = Readonly<Partial<Record<Mark, number>>>;

/** Counts marks from what a run shows. */
export class MarkCounter implements Observer {
  private readonly counts = new Map<Mark, number>();
  private readonly engine: EngineUnderTest;
  private readonly electionTimeoutMs: number;
  private lastLeader: string | undefined;
  private readonly elections = new Map<number, { candidates: Set<string>; won: boolean }>();
  private readonly askedFor = new Map<bigint, Set<string>>();
  private readonly highestAsked: bigint[] = [];
  private readonly outOfOrder = new Set<number>();
  private readonly failedSyncs = new Set<Replica>();

  constructor(engine: EngineUnderTest, electionTimeoutMs: number) {
    this.engine = engine;
    this.electionTimeoutMs = electionTimeoutMs;
  }

  hit(mark: Mark): void {
    this.counts.set(mark, (this.counts.get(mark) ?? 0) + 1);
  }

  /** In the order of `MARKS`, without those that were never reached. */
  result(): MarkCounts {
    const result: Partial<Record<Mark, number>> = {};
    for (const mark of MARKS) {
      const count = this.counts.get(mark);
      if (count !== undefined) result[mark] = count;
    }
    return result;
  }

  paused(forMs: number): void {
    if (forMs > 2 * this.electionTimeoutMs) this.hit('paused past an election timeout');
  }

  started(replica: Replica): void {
    this.highestAsked[replica.number] = 0n;
  }

  stepped(replica: Replica, event: Event, _after: EngineNode, effects: readonly Effect[]): void {
    for (const one of eventsOf(event)) if (one.kind === 'diskFailed') this.diskFailed(replica, one.reason, one.failure);
    for (const effect of effects) if (effect.kind === 'observe') this.observed(replica, effect.observation);
  }

  asked(replica: Replica, request: ClientRequest): void {
    if (request.body.kind !== 'propose' || request.body.proposal.kind !== 'record') return;
    const { lsn } = request.body.proposal;
    const at = this.askedFor.get(lsn);
    if (at === undefined) this.askedFor.set(lsn, new Set([`${replica.name} ${request.number}`]));
    else at.add(`${replica.name} ${request.number}`);
    if (lsn < (this.highestAsked[replica.number] ?? 0n)) this.outOfOrder.add(request.number);
    else this.highestAsked[replica.number] = lsn;
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    switch (answer.kind) {
      case 'stored': {
        this.hit('record stored');
        const asked = [...(this.askedFor.get(answer.lsn) ?? [])];
        if (asked.length > 1) this.hit('stored after a retry');
        if (asked[0]?.startsWith(`${replica.name} `) === false)
          this.hit('record stored by another replica than the one first asked');
        if (this.outOfOrder.has(request.number)) this.hit('stored out of order of arrival');
        return;
      }
      case 'generationRaised':
        this.hit('generation raised');
        return;
      case 'refused':
        this.hit(`refused: ${answer.code}` satisfies `refused: ${RefusalCode}`);
        return;
      case 'notLeader':
      case 'unknown':
      case 'unavailable':
      case 'overloaded':
      case 'tooLarge':
        this.hit(`answered: ${answer.kind}`);
        return;
      case 'latest':
        if (isLinearizable(request)) this.hit('linearizable read of the latest');
        return;
      case 'record':
        this.hit(isLinearizable(request) ? 'linearizable read of a record' : 'local read of a record');
        return;
      case 'range':
        if (answer.records.length > 1) this.hit('read of a range');
        if (answer.more) this.hit('read of a range ended before it');
        return;
      case 'notFound':
        this.hit(isLinearizable(request) ? 'linearizable read of a missing record' : 'local read behind the cluster');
        return;
      case 'damaged':
    }
  }

  /** Called while the replica still has its node. */
  ending(replica: Replica, node: EngineNode, ending: Ending, isInStep: boolean): void {
    const inspection = this.engine.inspect(node);
    if (ending === 'powerCut') this.hit('power cut');
    if (ending === 'halt') this.hit('halted after a fault');
    if (ending === 'shutdown') this.hit('shut down in order');
    if (isInStep) this.hit('crashed in the middle of a step');
    if (ending !== 'crash' && ending !== 'powerCut') return;
    if (inspection.phase === 'recovering') this.hit('crashed while recovering');
    if (inspection.phase === 'founding') this.hit('crashed before founding was complete');
    if (inspection.role === 'leader' && inspection.lastIndex > inspection.commitIndex)
      this.hit('leader crashed with uncommitted entries');
    if (ending === 'powerCut' && this.failedSyncs.delete(replica)) this.hit('failed sync survived');
  }

  private diskFailed(replica: Replica, reason: string, failure: 'full' | 'io'): void {
    if (failure === 'full') this.hit('disk full');
    else if (reason.startsWith('sync')) {
      this.hit('sync failed');
      this.failedSyncs.add(replica);
    } else this.hit(reason.startsWith('read') ? 'read failed' : 'write failed');
  }

  private observed(replica: Replica, observation: Observation): void {
    switch (observation.what) {
      case 'recovered':
        if (observation.tornEntries > 0) this.hit('torn tail cut');
        if (observation.holes > 0) this.hit('hole found');
        return;
      case 'founded':
        this.hit('cluster founded');
        return;
      case 'roleChanged':
        this.roleChanged(replica, observation);
        return;
      case 'truncated':
        this.hit('suffix truncated');
        return;
      case 'segmentSealed':
        this.hit('segment sealed');
        return;
      case 'holeFilled':
        this.hit('hole filled');
        return;
      case 'holeDiscarded':
        this.hit('hole discarded');
        return;
      case 'diskStalled':
        this.hit('leader stepped down for its stalled disk');
        return;
      case 'refused':
        if (/directory|older state/.test(observation.sentence))
          this.hit('replica with another data directory turned away');
        return;
      case 'messageDropped':
        if (/could not be read/.test(observation.sentence)) this.hit('damaged message dropped');
        return;
      case 'damageFound':
        this.hit('damage found');
        return;
      case 'committed':
    }
  }

  private roleChanged(replica: Replica, { role, term, why }: Observation & { what: 'roleChanged' }): void {
    const election = this.elections.get(term) ?? { candidates: new Set<string>(), won: false };
    this.elections.set(term, election);
    if (role === 'candidate') {
      election.candidates.add(replica.name);
      if (/handed over/.test(why)) this.hit('leadership handed over');
      const before = this.elections.get(term - 1);
      if (before !== undefined && !before.won && before.candidates.size > 1) this.hit('vote split');
    }
    if (role === 'leader') {
      election.won = true;
      this.hit('leader elected');
      if (this.lastLeader !== undefined && this.lastLeader !== replica.name) this.hit('leader changed');
      this.lastLeader = replica.name;
    } else if (replica.role === 'leader') this.hit('leader stepped down');
  }
}

function isLinearizable(request: ClientRequest): boolean {
  return request.body.kind === 'read' && request.body.consistency === 'linearizable';
}

/** Adds up the marks of many runs. */
export function addMarks(total: MarkCounts, more: MarkCounts): MarkCounts {
  const result: Partial<Record<Mark, number>> = {};
  for (const mark of MARKS) {
    const count = (total[mark] ?? 0) + (more[mark] ?? 0);
    if (count > 0) result[mark] = count;
  }
  return result;
}
