import fc, { type Arbitrary } from 'fast-check';
import { type ClusterParameters, type Fault, healAtMsOf, type Scenario } from '../../sim/index.ts';
import { scenarioFields, withLivenessBounds } from '../shape/scenario.ts';
import { fitReplicas } from '../shrink/fit_replicas.ts';
import { scheduleArbitrary } from './schedule_arbitrary.ts';

export interface ScenarioArbitraryOptions {
  /** How many replicas, or from which numbers to draw. Absent: 3 or 5. */
  readonly replicas?: number | readonly number[];
  /** For how long clients ask for something new, in milliseconds of virtual time. 10,000 if absent. */
  readonly durationMs?: number;
  /** From here on nothing fails any more, in milliseconds. Absent: when four fifths of the duration are over. */
  readonly healAtMs?: number;
  /** Faults, at most. 12 if absent. */
  readonly faultsMax?: number;
  /** Kinds of faults to draw. Absent: all there are. */
  readonly kinds?: readonly Fault['kind'][];
  /** `budget`, the default: faults that a cluster must survive. `beyond`: more than that, and only safety is checked. */
  readonly mode?: 'budget' | 'beyond';
}

/**
 * Draws scenarios: cluster, network, disks, clocks, clients and faults. They shrink towards fewer faults, fewer
 * replicas and a healthy environment.
 *
 * @example
 * fc.assert(
 *   fc.property(scenarioArbitrary({ replicas: 3, durationMs: 5_000 }), (scenario) => assertScenario(scenario)),
 * );
 */
export function scenarioArbitrary(options: ScenarioArbitraryOptions = {}): Arbitrary<Scenario> {
  const { durationMs = 10_000, healAtMs = healAtMsOf(durationMs), mode = 'budget', faultsMax, kinds } = options;
  const sizes = typeof options.replicas === 'number' ? [options.replicas] : (options.replicas ?? [3, 5]);
  const replicas = Math.max(...sizes);
  const fields = scenarioFields({ replicas, durationMs });
  const schedule = {
    replicas,
    beforeMs: healAtMs,
    ...(kinds && { kinds }),
    ...(faultsMax !== undefined && { faultsMax }),
  };
  return fc
    .record({
      size: fc.constantFrom(...sizes),
      seed: fields.seed.arbitrary(),
      cluster: fields.cluster.arbitrary().map(withFrequentHeartbeats),
      network: fields.network.arbitrary(),
      clientNetwork: fields.clientNetwork.arbitrary(),
      disks: fields.disks.arbitrary(),
      clocks: fields.clocks.arbitrary(),
      workload: fields.workload.arbitrary(),
      faults: scheduleArbitrary(schedule),
    })
    .map(({ size, ...drawn }) => {
      const liveness = { leaderWithinMs: 0, settleWithinMs: 0 };
      return withLivenessBounds(fitReplicas({ version: 1, mode, ...drawn, healAtMs, durationMs, liveness }, size));
    });
}

/** A leader must be heard of a few times within an election timeout. */
function withFrequentHeartbeats(cluster: ClusterParameters): ClusterParameters {
  const { timing } = cluster;
  const heartbeatMs = Math.min(timing.heartbeatMs, Math.floor(timing.electionTimeoutMs / 3));
  return { ...cluster, timing: { ...timing, heartbeatMs } };
}
