import { type Scenario, scenarioFromSeed } from '../../sim/index.ts';

/**
 * A line for a shell that runs a scenario again and tells what happens: by its seed where that is all there is to it, else
 * with the whole scenario in it.
 */
export function replayCommand(scenario: Scenario): string {
  const { seed, mode, durationMs, cluster } = scenario;
  const text = JSON.stringify(scenario);
  const drawn = (overrides: object): boolean => JSON.stringify(scenarioFromSeed(seed, overrides)) === text;
  const flags = `-seed ${seed} -duration ${durationMs}ms`;
  if (drawn({ durationMs })) return `npx safekeeper sim ${flags} -detail protocol`;
  if (drawn({ durationMs, replicas: cluster.replicas }))
    return `npx safekeeper sim ${flags} -replicas ${cluster.replicas} -detail protocol`;
  if (mode !== undefined && drawn({ durationMs, replicas: cluster.replicas, mode }))
    return `npx safekeeper sim ${flags} -replicas ${cluster.replicas} -mode ${mode} -detail protocol`;
  return `echo '${text.replaceAll("'", String.raw`'\''`)}' | npx safekeeper sim -scenario - -detail protocol`;
}
