import {
  type Happening,
  lastHappenings,
  type MarkCounts,
  MARKS,
  narrate,
  REAL_ENGINE,
  type RunResult,
  type Scenario,
} from '../../sim/index.ts';
import { formatCount, formatCounted, formatDuration } from './amounts.ts';

/** How much of what led to a failure is told. */
const LAST_HAPPENINGS = 120;

export function tell(happening: Happening): string {
  return narrate(happening, REAL_ENGINE.describeMessage);
}

/** What was drawn, for a person. */
export function describeScenario(scenario: Scenario): string[] {
  const { cluster, network, clientNetwork, disks, clocks, workload, faults, healAtMs, durationMs } = scenario;
  const { timing } = cluster;
  const kinds = new Map<string, number>();
  for (const fault of faults) kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
  const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
  const limits = Object.entries(cluster.limits).map(([name, value]) => `${name} ${value}`);
  return [
    `Seed ${scenario.seed}: ${cluster.replicas} replicas, ${formatDuration(durationMs)} of virtual time, healed at ${formatDuration(healAtMs)}`,
    `  timing   heartbeat ${timing.heartbeatMs} ms, election ${timing.electionTimeoutMs} ms, disk stall ${timing.diskStallMs} ms, held records ${timing.heldRecordMs} ms`,
    `  limits   ${limits.join(', ')}`,
    `  segments ${cluster.segmentBytes} bytes`,
    `  network  ${round(network.delayMeanMs)} ms, loss ${percent(network.loss)}, duplicates ${percent(network.duplicate)}, replays ${percent(network.replay)}, ` +
      `${network.ordered ? 'in order' : 'out of order'}, at most ${network.queueMax} in flight; clients lose ${percent(clientNetwork.requestLoss)} of requests, ${percent(clientNetwork.answerLoss)} of answers`,
    `  disks    sync ${disks.map((disk) => disk.syncMs).join(', ')} ms`,
    `  clocks   drift ${clocks.map((clock) => `${(clock.driftPpm / 10_000).toFixed(2)} %`).join(', ')}`,
    `  clients  ${workload.writers.map((writer) => `${writer.kind} writer (window ${writer.window}, ${writer.connections} connections, ${round(writer.recordsPerSecond)}/s)`).join(', ')}` +
      `; ${formatCounted(workload.readers.length, 'reader')}; LSNs above ${workload.firstLsn}`,
    `  faults   ${kinds.size === 0 ? 'none' : [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
  ];
}

export function describeTotals(result: RunResult, wallMs: number): string[] {
  const { statistics, events, virtualMs } = result;
  const { network } = statistics;
  return [
    `${formatCount(events)} events and ${formatCount(statistics.effects)} effects in ${formatDuration(virtualMs)} of virtual time, ` +
      `${formatDuration(wallMs)} of real time (${Math.round(virtualMs / Math.max(1, wallMs))} times as fast)`,
    `${formatCounted(statistics.committedRecords, 'record')} committed; ${formatCounted(statistics.processStarts, 'process start')}; ` +
      `${formatCounted(network.sent, 'message')} sent, ${formatCount(network.lost)} lost, ${formatCount(network.duplicated + network.replayed)} repeated; ` +
      `${formatCounted(statistics.diskFailures, 'failed disk operation')}`,
  ];
}

export function describeMarks(marks: MarkCounts): string[] {
  return MARKS.flatMap((mark) =>
    marks[mark] === undefined ? [] : [`  ${formatCount(marks[mark]).padStart(9)}  ${mark}`],
  );
}

/** The last things that happened before a property broke, down to each event and effect. */
export function describeLead(scenario: Scenario, { violation, virtualMs }: RunResult): string[] {
  if (violation === undefined) return [];
  const last = lastHappenings(scenario, LAST_HAPPENINGS);
  return [`The last happenings before ${formatDuration(virtualMs)}:`, ...last.map(tell), ''];
}

/** What broke, and when. */
export function describeFailure({ violation, virtualMs }: RunResult): string[] {
  if (violation === undefined) return [];
  const stack = violation.error instanceof Error ? (violation.error.stack ?? '').split('\n') : [];
  return [`FAILED after ${(virtualMs / 1_000).toFixed(4)} s, ${violation.property}: ${violation.sentence}`, ...stack];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
