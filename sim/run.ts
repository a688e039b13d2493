import type { EngineUnderTest } from './engine_under_test.ts';
import type { MarkCounts } from './marks.ts';
import type { NetworkCounts } from './network/network.ts';
import { REAL_ENGINE } from './real_engine.ts';
import type { Happening } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import { Violation } from './violation.ts';
import { World } from './world.ts';

export interface RunOptions {
  /** The engine to drive; the real one if absent. */
  readonly engine?: EngineUnderTest;
  readonly onHappening?: (happening: Happening) => void;
}

export interface RunViolation {
  readonly property: string;
  readonly sentence: string;
  /** What was thrown, when it was not a checker that threw it. */
  readonly error: unknown;
}

export interface RunStatistics {
  readonly effects: number;
  readonly network: NetworkCounts;
  /** Entries, and among them records, that were committed. */
  readonly committedEntries: number;
  readonly committedRecords: number;
  readonly processStarts: number;
  readonly diskFailures: number;
}

export interface RunResult {
  readonly seed: number;
  readonly verdict: 'ok' | 'failed';
  readonly violation: RunViolation | undefined;
  /** 128 bits in hex over every event and effect: two runs of one scenario have the same. */
  readonly hash: string;
  /** Events that engines took. */
  readonly events: number;
  readonly virtualMs: number;
  readonly marks: MarkCounts;
  readonly statistics: RunStatistics;
}

/** Lets a scenario happen from beginning to end, watched by all checkers. Never throws for what the engine does. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): RunResult {
  const { engine = REAL_ENGINE, onHappening } = options;
  const world = new World(scenario, { engine, ...(onHappening === undefined ? {} : { onHappening }) });
  let violation: RunViolation | undefined;
  try {
    world.run();
  } catch (error) {
    violation = describe(error);
  }
  const { recorder, replicas, context, network, queue } = world;
  return {
    seed: scenario.seed,
    verdict: violation === undefined ? 'ok' : 'failed',
    violation,
    hash: recorder.digest(),
    events: recorder.events,
    virtualMs: Math.round(queue.nowMs),
    marks: world.marks.result(),
    statistics: {
      effects: recorder.effects,
      network: network.counts,
      committedEntries: context.ledger.lastIndex,
      committedRecords: context.ledger.recordCount,
      processStarts: replicas.reduce((sum, replica) => sum + replica.starts, 0),
      diskFailures: replicas.reduce((sum, replica) => sum + replica.disk.faults.failureCount, 0),
    },
  };
}

function describe(error: unknown): RunViolation {
  if (error instanceof Violation) return { property: error.property, sentence: error.message, error: undefined };
  return { property: 'engine error', sentence: error instanceof Error ? error.message : String(error), error };
}
