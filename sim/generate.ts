import { DEFAULT_LIMITS, DEFAULT_TIMING, type Limits, type Timing } from '../engine/vocabulary/index.ts';
import type { WriterKind, WriterParameters, Workload } from './clients/workload.ts';
import type { DiskParameters } from './disk/parameters.ts';
import { drawFaults } from './faults/draw/draw_faults.ts';
import { livenessBoundsOf } from './liveness_bounds.ts';
import type { ClientNetworkParameters, NetworkParameters } from './network/parameters.ts';
import type { ClockParameters } from './process/clock.ts';
import { Random } from './random.ts';
import { healAtMsOf, type Scenario } from './scenario.ts';

export interface ScenarioOverrides {
  readonly replicas?: number;
  readonly durationMs?: number;
  readonly mode?: 'budget' | 'beyond';
}

const DEFAULT_DURATION_MS = 60_000;
/** The share of runs in which more goes wrong than can be survived: only safety is checked there. */
const BEYOND = 0.1;

/**
 * The scenario that a seed names. Everything that is drawn for a run is drawn here, and can be printed. Each run has only
 * some of the faults, and each parameter is often at an extreme: Groce et al., "Swarm Testing" (ISSTA 2012); TigerBeetle's
 * VOPR.
 */
export function scenarioFromSeed(seed: number, overrides: ScenarioOverrides = {}): Scenario {
  const random = new Random(`scenario ${seed}`);
  const replicas = overrides.replicas ?? random.pick([3, 3, 3, 4, 5, 5, 5, 6, 7]);
  const durationMs = overrides.durationMs ?? DEFAULT_DURATION_MS;
  const healAtMs = healAtMsOf(durationMs);
  const timing = drawTiming(random.fork('timing'));
  const mode = overrides.mode ?? (random.fork('mode').chance(BEYOND) ? 'beyond' : 'budget');
  const { electionTimeoutMs } = timing;
  const faults = drawFaults(random.fork('faults'), { replicas, electionTimeoutMs, healAtMs, mode });
  return {
    version: 1,
    mode,
    seed,
    cluster: {
      replicas,
      timing,
      limits: drawLimits(random.fork('limits')),
      segmentBytes: random.fork('segments').pick([0, 200, 2_000, 20_000, 200_000, 16 * 1024 * 1024]),
      turnMs: random.fork('turns').pick([0, 0.1, 0.3, 1]),
      supervisorRestartMs: [50, random.fork('supervisor').pick([100, 1_000, 3_000])],
    },
    network: drawNetwork(random.fork('network'), timing.electionTimeoutMs),
    clientNetwork: drawClientNetwork(random.fork('client network')),
    disks: each(replicas, (number) => drawDisk(random.fork(`disk ${number}`))),
    clocks: each(replicas, (number) => drawClock(random.fork(`clock ${number}`))),
    workload: drawWorkload(random.fork('workload')),
    faults,
    healAtMs,
    durationMs,
    liveness: livenessBoundsOf(timing, faults),
  };
}

function drawTiming(random: Random): Timing {
  const electionTimeoutMs = random.pick([150, 300, 500, 1_000]);
  return {
    ...DEFAULT_TIMING,
    electionTimeoutMs,
    heartbeatMs: Math.max(40, Math.floor(electionTimeoutMs / random.pick([3, 5, 8]))),
    handshakeRetryMs: random.pick([100, 250, 500]),
    diskStallMs: random.pick([300, 1_000, 5_000]),
    heldRecordMs: random.pick([100, 1_000, 5_000]),
    transferMs: random.pick([300, 1_500]),
  };
}

/** Half of the runs have limits so tight that they are reached. */
function drawLimits(random: Random): Limits {
  const recordBytesMax = 64 * 1024;
  if (random.chance(0.5)) return { ...DEFAULT_LIMITS, recordBytesMax };
  const tight = (field: keyof Limits, ...values: number[]): number =>
    random.chance(0.5) ? random.pick(values) : DEFAULT_LIMITS[field];
  return {
    recordBytesMax,
    uncommittedBytesMax: tight('uncommittedBytesMax', 500, 5_000, 50_000),
    openRequestsMax: tight('openRequestsMax', 3, 10, 100),
    heldRecordsMax: tight('heldRecordsMax', 0, 1, 5),
    heldBytesMax: tight('heldBytesMax', 0, 1_000, 10_000),
    appendBytesMax: tight('appendBytesMax', 1, 500, 5_000),
    inflightAppendsMax: tight('inflightAppendsMax', 1, 2, 4),
    writeBytesMax: tight('writeBytesMax', 1, 1_000, 10_000),
    tailEntriesMax: tight('tailEntriesMax', 1, 5, 50),
    tailBytesMax: tight('tailBytesMax', 1, 2_000, 20_000),
    inflightBytesMax: tight('inflightBytesMax', 1, 1_000, 10_000),
  };
}

function drawNetwork(random: Random, electionTimeoutMs: number): NetworkParameters {
  const delayMinimumMs = random.pick([0, 0.2, 1, 5]);
  return {
    delayMinimumMs,
    delayMeanMs: delayMinimumMs + random.pick([0.5, 2, electionTimeoutMs / 20, electionTimeoutMs / 8]),
    loss: random.pick([0, 0, 0.01, 0.05, 0.3]),
    duplicate: random.pick([0, 0, 0.05, 0.5]),
    replay: random.pick([0, 0, 0.001, 0.02]),
    replayWithinMs: random.pick([500, 5_000, 30_000]),
    damaged: random.pick([0, 0, 0.001, 0.02]),
    ordered: random.chance(0.4),
    queueMax: random.pick([1_000, 1_000, 20, 5, 2]),
  };
}

function drawClientNetwork(random: Random): ClientNetworkParameters {
  return {
    delayMinimumMs: 0.2,
    delayMeanMs: random.pick([1, 5, 30]),
    requestLoss: random.pick([0, 0, 0.02, 0.1]),
    answerLoss: random.pick([0, 0.02, 0.1, 0.3]),
  };
}

function drawDisk(random: Random): DiskParameters {
  return {
    writeMs: random.pick([0.02, 0.1, 1]),
    syncMs: random.pick([0.3, 1, 5, 25, 80]),
    readMs: random.pick([0.05, 1, 10]),
    earlyWriteback: random.pick([0, 0, 0.2]),
    finishesAfterCrash: random.pick([0, 0.5, 1]),
  };
}

function drawClock(random: Random): ClockParameters {
  return {
    offsetMs: random.integer(0, 1_000_000),
    driftPpm: random.pick([0, 0, random.integer(-500, 500), random.integer(-150_000, 150_000)]),
    granularityMs: random.pick([0, 1, 1, 16]),
  };
}

/** Who writes together. */
const CREWS: readonly (readonly WriterKind[])[] = [
  ['chained'],
  ['chained'],
  ['independent'],
  ['independent', 'independent'],
  ['rival', 'rival'],
  ['rival', 'rival', 'rival'],
  ['takeover', 'takeover'],
  ['takeover', 'takeover', 'takeover'],
  ['chained', 'independent'],
  ['takeover', 'rival'],
  ['chained', 'careless'],
];

function drawWorkload(random: Random): Workload {
  const crew = random.pick(CREWS);
  const perSecond = random.pick([5, 20, 20, 60, 200]) / crew.length;
  return {
    writers: crew.map((kind) => drawWriter(random, kind, perSecond)),
    readers: each(random.integer(0, 3), (number) => ({
      readsPerSecond: random.pick([1, 5, 20]),
      linearizable: random.pick([0, 0.5, 1]),
      byLsn: random.pick([0, 0.5, 1]),
      ranges: random.fork(`ranges of reader ${number}`).pick([0, 0.2]),
    })),
    firstLsn: random.pick([
      '0',
      '999',
      '4294967296',
      '9007199254740990',
      '18446744073000000000',
      '18446744073709550000',
    ]),
    lsnGapMax: random.pick([1, 3, 1_000]),
    records: {
      bytesMax: random.pick([30, 300, 1_500]),
      empty: random.pick([0, 0.1]),
      large: random.pick([0, 0, 0.02, 0.1]),
      largeBytesMax: random.pick([10_000, 40_000, 70_000]),
    },
    requestTimeoutMs: random.pick([300, 1_000, 3_000]),
    cancels: random.pick([0, 0.5, 1]),
    wanders: random.pick([0, 0, 0.1, 0.5]),
  };
}

function drawWriter(random: Random, kind: WriterKind, recordsPerSecond: number): WriterParameters {
  return {
    kind,
    window: random.pick([1, 4, 16, 64]),
    connections: random.pick([1, 2, 4]),
    recordsPerSecond,
    burstMs: random.pick([500, 2_000]),
    idleMs: random.pick([0, 0, 1_000]),
  };
}

function each<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, number) => make(number));
}
