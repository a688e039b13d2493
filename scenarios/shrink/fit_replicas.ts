import type { Scenario } from '../../sim/index.ts';

/** Fields of faults, cuts, targets and scripts that number replicas. */
const NUMBERING = new Set(['replica', 'from', 'to', 'side', 'bridge']);

/**
 * The scenario with at most so many replicas: the first of them stay. A fault of one that is gone strikes another in its
 * place; a fault of a link that would lead from a replica to itself goes too.
 */
export function fitReplicas(scenario: Scenario, replicas: number): Scenario {
  const fit = <T>(part: T): T => renumbered(part, (number) => number % replicas) as T;
  return {
    ...scenario,
    workload: fit(scenario.workload),
    cluster: { ...scenario.cluster, replicas },
    disks: scenario.disks.slice(0, replicas),
    clocks: scenario.clocks.slice(0, replicas),
    faults: scenario.faults
      .map(fit)
      .filter((fault) => !(fault.kind === 'clog' || fault.kind === 'reset') || fault.from !== fault.to),
  };
}

/** Whatever numbers a replica in this part, with another number. */
function renumbered(value: unknown, renumber: (number: number) => number, isNumber = false): unknown {
  if (typeof value === 'number') return isNumber ? renumber(value) : value;
  if (Array.isArray(value)) return value.map((one) => renumbered(one, renumber, isNumber));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, renumbered(field, renumber, NUMBERING.has(key))]);
  return Object.fromEntries(entries) as unknown;
}
