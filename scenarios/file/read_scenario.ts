import { healAtMsOf, livenessBoundsOf, type Scenario } from '../../sim/index.ts';
import { CLUSTER_SHAPE } from '../shape/cluster.ts';
import { scheduledFault } from '../shape/fault.ts';
import { list } from '../shape/list.ts';
import { ScenarioProblem, shown } from '../shape/problem.ts';
import { scenarioShape } from '../shape/scenario.ts';

/** The version of scenarios that this safekeeper reads and writes. */
const VERSION = 1;
const DURATION_DEFAULT_MS = 60_000;

/**
 * Reads a scenario: the text of a file, or what `JSON.parse` made of it. What is absent gets its calm value: a healthy
 * network, healthy disks, one writer, no faults; only `version`, `seed` and `cluster.replicas` must be there. So files of
 * earlier versions keep working, and one can be written by hand.
 *
 * @throws ScenarioProblem which names the place in the file and says what to do: for text that is no JSON, an unknown
 * version, field or kind of fault, and a value out of its range.
 */
export function readScenario(source: unknown): Scenario {
  const found = asObject(typeof source === 'string' ? parse(source) : source);
  requireVersion(found['version']);
  const cluster = CLUSTER_SHAPE.read(found['cluster'] ?? {}, 'cluster');
  const durationMs = found['durationMs'] ?? DURATION_DEFAULT_MS;
  const parts = { replicas: cluster.replicas, durationMs: DURATION_DEFAULT_MS };
  const faults = list(scheduledFault(cluster.replicas, 0), { atLeast: 0, atMost: 1_000_000 });
  const filled = {
    ...found,
    durationMs,
    healAtMs: found['healAtMs'] ?? (typeof durationMs === 'number' ? healAtMsOf(durationMs) : durationMs),
    liveness: found['liveness'] ?? livenessBoundsOf(cluster.timing, faults.read(found['faults'] ?? [], 'faults')),
  };
  const scenario = scenarioShape(parts).read(filled, '');
  requireSense(scenario);
  return scenario;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ScenarioProblem('', `cannot be read: it is not JSON (${why}). "safekeeper sim -save FILE" writes one.`);
  }
}

function asObject(found: unknown): Readonly<Record<string, unknown>> {
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  throw new ScenarioProblem('', `is ${shown(found)}; it should be an object. "safekeeper sim -save FILE" writes one.`);
}

function requireVersion(found: unknown): void {
  if (found === VERSION) return;
  const advice = 'Run it with the safekeeper that wrote it, or correct the file.';
  if (found === undefined) throw new ScenarioProblem('version', `is missing. Add "version": ${VERSION}.`);
  throw new ScenarioProblem('version', `is ${shown(found)}; this safekeeper reads version ${VERSION}. ${advice}`);
}

/** What no single field shows. */
function requireSense({ cluster, healAtMs, durationMs }: Scenario): void {
  const { heartbeatMs, electionTimeoutMs } = cluster.timing;
  if (heartbeatMs >= electionTimeoutMs) {
    const place = 'cluster.timing.heartbeatMs';
    throw new ScenarioProblem(
      place,
      `is ${heartbeatMs}; it should be less than electionTimeoutMs, ${electionTimeoutMs}.`,
    );
  }
  if (healAtMs > durationMs)
    throw new ScenarioProblem('healAtMs', `is ${healAtMs}; it should be no later than durationMs, ${durationMs}.`);
}
