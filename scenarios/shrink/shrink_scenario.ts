import type { ClusterParameters, Scenario } from '../../sim/index.ts';
import type { Attempt } from '../shape/shape.ts';
import { removeParts } from '../shape/remove_parts.ts';
import { CLUSTER_FIELDS } from '../shape/cluster.ts';
import { scenarioFields, withLivenessBounds } from '../shape/scenario.ts';
import { type Failure, failureOfScenario } from './failure.ts';
import { fitReplicas } from './fit_replicas.ts';
import { Search, type SearchLimits } from './search.ts';

export interface ShrinkOptions extends Partial<SearchLimits> {
  /** How a candidate fails, undefined when it does not. Absent: it is run against the real engine. */
  readonly fails?: (candidate: Scenario) => Failure | undefined;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly failure: Failure;
  /** Candidates that were run. */
  readonly runs: number;
  /** Whether a limit ended the search; then more could perhaps go. */
  readonly isCutOff: boolean;
}

/** Where no limit is given, of time or of runs. */
const RUNS_DEFAULT = 1_000;
/** A shortened run ends at the next such instant after its failure. */
const GRAIN_MS = 100;
const SIZES = [3, 4, 5, 6];
/** A cluster is founded and has a leader by then, mostly. */
const SOON_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** A failure with no more faults than this explains itself. */
const FEW_FAULTS = 3;
const LUCK_MAX = 10;
/** Records a second that a writer writes who is not in a hurry. */
const SLOW = 10;
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];

/**
 * Looks for the simplest scenario that fails the same way, and that a person can read: without the faults that do not
 * matter, no longer than it must be, with fewer replicas and clients, an otherwise healthy environment, round numbers.
 * Deterministic, but for `isOver`. Undefined when the scenario does not fail to begin with.
 */
export function shrinkScenario(scenario: Scenario, options: ShrinkOptions = {}): Shrunk | undefined {
  const { runsMax = options.isOver === undefined ? RUNS_DEFAULT : Infinity } = options;
  const failure = (options.fails ?? failureOfScenario)(scenario);
  if (failure === undefined) return undefined;
  const fails =
    options.fails ??
    ((candidate) => failureOfScenario(isWithinRun(failure, scenario) ? hurried(candidate) : candidate));
  const search = new Search(scenario, failure, fails, { ...options, runsMax });
  for (let before: Scenario | undefined; before !== search.current && !search.isOver; ) {
    before = search.current;
    cutShort(search);
    healEarlier(search);
    // What is small and calm is cheaper to run; and often it is not the environment that matters.
    calmWholly(search);
    useFewerReplicas(search);
    removeFaults(search);
    beginEarlier(search);
    cutShort(search);
    removeClients(search);
    calmDown(search);
    cutShort(search);
    simplifyFaults(search);
    simplifyTimes(search);
    if (before === search.current) tryOtherLuck(search);
  }
  return { scenario: search.current, failure: search.failure, runs: search.runs, isCutOff: search.isOver };
}

/** Whether clients were still at work when it failed. */
function isWithinRun(failure: Failure, scenario: Scenario): boolean {
  return failure.property !== 'liveness' && failure.atMs <= scenario.durationMs;
}

/** Up to its end the same run; then it stops at once, for what comes after is not what is looked for. */
function hurried(scenario: Scenario): Scenario {
  return { ...scenario, liveness: { ...scenario.liveness, settleWithinMs: 0 } };
}

/** Nothing after the failure matters to it. */
function cutShort(search: Search): void {
  const { current, failure } = search;
  const endMs = Math.ceil((failure.atMs + 1) / GRAIN_MS) * GRAIN_MS;
  search.attempt({
    ...current,
    faults: current.faults.filter((fault) => fault.atMs <= failure.atMs),
    healAtMs: Math.min(current.healAtMs, endMs),
    durationMs: Math.min(current.durationMs, endMs),
  });
}

/** What fails only after healing, as liveness does, may do so after a shorter time of faults; that is cheaper to run. */
function healEarlier(search: Search): void {
  const isAfterHealing = (): boolean => search.failure.atMs > search.current.healAtMs;
  const works = (share: number): boolean => {
    const { current } = search;
    const healAtMs = Math.floor(current.healAtMs * share);
    // Otherwise nothing would change, which always works, for ever.
    if (healAtMs >= current.healAtMs) return false;
    const asksForMs = Math.min(GRAIN_MS, current.durationMs - current.healAtMs);
    const faults = current.faults.filter((fault) => fault.atMs < healAtMs);
    return search.attempt({ ...current, faults, healAtMs, durationMs: healAtMs + asksForMs });
  };
  while (isAfterHealing() && SHARES.some(works));
}

function removeFaults(search: Search): void {
  removeParts(search.current.faults, search.inPlaceOf('faults'));
}

/** All faults, and the end, so much earlier that the first fault strikes soon after the start. Whether that worked. */
function beginEarlier(search: Search, luck = 0): boolean {
  const { current } = search;
  const [first] = current.faults;
  if (first === undefined) return false;
  return SOON_MS.some((soonMs) => {
    const byMs = first.atMs - soonMs;
    if (byMs <= 0) return false;
    return search.attempt({
      ...current,
      seed: current.seed + luck,
      faults: current.faults.map((fault) => ({ ...fault, atMs: fault.atMs - byMs })),
      healAtMs: Math.max(soonMs, current.healAtMs - byMs),
      durationMs: Math.max(soonMs, current.durationMs - byMs),
    });
  });
}

/**
 * Where nothing more can go, an earlier begin, a smaller cluster or a fault less may do when all that is by chance comes
 * out differently.
 */
function tryOtherLuck(search: Search): void {
  const { current } = search;
  for (let luck = 1; luck <= LUCK_MAX; luck++) {
    if (beginEarlier(search, luck)) return;
    if (useFewerReplicas(search, luck)) return;
  }
  if (current.faults.length > FEW_FAULTS) spareSome(search);
}

/** Half of the faults, or a quarter, or one, may not matter with other luck. */
function spareSome(search: Search): void {
  const { current } = search;
  const { length } = current.faults;
  for (let size = Math.ceil(length / 2); ; size = Math.ceil(size / 2)) {
    for (let luck = 1; luck <= LUCK_MAX; luck++) {
      for (let from = 0; from < length; from += size) {
        const faults = current.faults.filter((_, at) => at < from || at >= from + size);
        if (search.attempt({ ...current, seed: current.seed + luck, faults })) return;
      }
    }
    if (size === 1) return;
  }
}

function removeClients(search: Search): void {
  const { writers, readers } = search.current.workload;
  const attempt = search.inPlaceOf('workload');
  removeParts(readers, (fewer) => attempt({ ...search.current.workload, readers: fewer }));
  removeParts(writers, (fewer) => attempt({ ...search.current.workload, writers: fewer }));
}

/** Whether that worked. */
function useFewerReplicas(search: Search, luck = 0): boolean {
  const { current } = search;
  const lucky = { ...current, seed: current.seed + luck };
  return SIZES.some((size) => size < current.cluster.replicas && search.attempt(fitReplicas(lucky, size)));
}

/** A healthy environment, each part as a whole or not at all; clients that ask for less. */
function calmWholly(search: Search): void {
  const { replicas } = search.current.cluster;
  const { network, clientNetwork, disks, clocks, workload } = scenarioFields({ replicas, durationMs: 0 });
  const put = <K extends keyof Scenario>(field: K, calm: Scenario[K] | undefined): boolean =>
    calm !== undefined && search.attempt({ ...search.current, [field]: calm });
  put('network', network.calm);
  put('clientNetwork', clientNetwork.calm);
  put('disks', disks.calm);
  put('clocks', clocks.calm);
  const { writers } = search.current.workload;
  if (writers.length > 0 && !put('workload', workload.calm)) {
    const slower = writers.map((writer) => ({ ...writer, recordsPerSecond: Math.min(writer.recordsPerSecond, SLOW) }));
    put('workload', { ...search.current.workload, writers: slower, readers: [] });
  }
}

/** A healthy environment and default settings, as far as the failure allows. */
function calmDown(search: Search): void {
  const { mode: _, ...withoutMode } = search.current;
  search.attempt(withoutMode);
  const fields = scenarioFields({ replicas: search.current.cluster.replicas, durationMs: search.current.durationMs });
  fields.network.simplify(search.current.network, search.inPlaceOf('network'));
  fields.clientNetwork.simplify(search.current.clientNetwork, search.inPlaceOf('clientNetwork'));
  fields.disks.simplify(search.current.disks, search.inPlaceOf('disks'));
  fields.clocks.simplify(search.current.clocks, search.inPlaceOf('clocks'));
  // A calm workload has a writer; one that can do without keeps doing so.
  fields.workload.simplify(search.current.workload, (workload) => {
    const { writers } = search.current.workload;
    return search.attempt({
      ...search.current,
      workload: workload.writers.length > writers.length ? { ...workload, writers } : workload,
    });
  });
  calmCluster(search);
}

function calmCluster(search: Search): void {
  const setting =
    <K extends keyof ClusterParameters>(field: K): Attempt<ClusterParameters[K]> =>
    (value) => {
      // A slower cluster needs more time, lest it fail just for being slow.
      const { current } = search;
      return search.attempt(withLivenessBounds({ ...current, cluster: { ...current.cluster, [field]: value } }));
    };
  const { limits, segmentBytes, supervisorRestartMs, timing } = CLUSTER_FIELDS;
  limits.simplify(search.current.cluster.limits, setting('limits'));
  segmentBytes.simplify(search.current.cluster.segmentBytes, setting('segmentBytes'));
  supervisorRestartMs.simplify(search.current.cluster.supervisorRestartMs, setting('supervisorRestartMs'));
  timing.simplify(search.current.cluster.timing, setting('timing'));
  const { turnMs, ...eachEventByItself } = search.current.cluster;
  if (turnMs !== undefined) search.attempt({ ...search.current, cluster: eachEventByItself });
}

function simplifyFaults(search: Search): void {
  const { replicas } = search.current.cluster;
  const { faults } = scenarioFields({ replicas, durationMs: search.current.durationMs });
  const simpler = faults.simplify(search.current.faults, search.inPlaceOf('faults'));
  search.attempt({ ...search.current, faults: [...simpler].sort((one, other) => one.atMs - other.atMs) });
}

function simplifyTimes(search: Search): void {
  const { current } = search;
  const { durationMs, healAtMs } = scenarioFields({ replicas: current.cluster.replicas, durationMs: 0 });
  durationMs.simplify(current.durationMs, (value) =>
    search.attempt({ ...search.current, durationMs: value, healAtMs: Math.min(value, search.current.healAtMs) }),
  );
  healAtMs.simplify(search.current.healAtMs, (value) =>
    value <= search.current.durationMs ? search.attempt({ ...search.current, healAtMs: value }) : false,
  );
}
