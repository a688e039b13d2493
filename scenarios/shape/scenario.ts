import { healAtMsOf, livenessBoundsOf, type LivenessBounds, type Scenario } from '../../sim/index.ts';
import { choice, word } from './choice.ts';
import { CLUSTER_SHAPE } from './cluster.ts';
import { CLIENT_NETWORK_SHAPE, CLOCK_SHAPE, DISK_SHAPE, NETWORK_SHAPE } from './environment.ts';
import { LATEST_MS, scheduledFault } from './fault.ts';
import { each, list } from './list.ts';
import { number } from './number.ts';
import { type FieldsOf, optional, record } from './record.ts';
import type { Shape } from './shape.ts';
import { workload } from './workload.ts';

const FAULTS_MAX = 1_000_000;
const TIME = { low: 0, high: LATEST_MS, fractions: true } as const;

/** The shapes of a scenario's parts. What depends on other parts is given with what those parts are. */
export interface ScenarioParts {
  readonly replicas: number;
  readonly durationMs: number;
}

export function scenarioFields({ replicas, durationMs }: ScenarioParts): FieldsOf<Scenario> {
  return {
    version: choice<1>([1], 1),
    mode: optional(word<'budget' | 'beyond'>({ budget: true, beyond: true }), { drawn: false }),
    seed: number({ low: 0, high: Number.MAX_SAFE_INTEGER, usual: [0, 1_000_000] }),
    cluster: CLUSTER_SHAPE,
    network: NETWORK_SHAPE,
    clientNetwork: CLIENT_NETWORK_SHAPE,
    disks: each(replicas, DISK_SHAPE),
    clocks: each(replicas, CLOCK_SHAPE),
    workload: workload(replicas),
    faults: list(scheduledFault(replicas, healAtMsOf(durationMs)), { atLeast: 0, atMost: FAULTS_MAX, calm: [] }),
    healAtMs: number(TIME),
    durationMs: number(TIME),
    liveness: record<LivenessBounds>({ leaderWithinMs: number(TIME), settleWithinMs: number(TIME) }),
  };
}

export function scenarioShape(parts: ScenarioParts): Shape<Scenario> {
  return record<Scenario>(scenarioFields(parts));
}

/** Bounds that leave such a scenario's cluster as much time as a drawn one has, or more where it has more already. */
export function withLivenessBounds(scenario: Scenario): Scenario {
  const { leaderWithinMs, settleWithinMs } = livenessBoundsOf(scenario.cluster.timing, scenario.faults);
  return {
    ...scenario,
    liveness: {
      leaderWithinMs: Math.max(scenario.liveness.leaderWithinMs, leaderWithinMs),
      settleWithinMs: Math.max(scenario.liveness.settleWithinMs, settleWithinMs),
    },
  };
}
