import { join } from 'node:path';
import { failureOfScenario, isSameFailure, shrinkScenario } from '../../scenarios/index.ts';
import { type Scenario, scenarioFromSeed } from '../../sim/index.ts';
import { formatCounted, formatDuration } from './amounts.ts';
import type { FailedSeed } from './fuzz_tally.ts';
import { overridesOf, type SimulationOptions } from './sim_options.ts';
import { loadScenario, saveScenario } from './sim_scenario.ts';
import type { Terminal } from './terminal.ts';

export interface KeepOptions {
  /** Where failing scenarios are saved. */
  readonly folder: string;
  /** For how long, in milliseconds of real time, a simpler scenario is looked for. 0: it is saved as it was drawn. */
  readonly shrinkForMs: number;
}

/**
 * Makes a failing seed a file: shrunk to what matters, so that it still fails the same way when seeds mean something
 * else. Resolves with the file, and with how many faults it has.
 */
export async function keepFailure(
  failed: FailedSeed,
  options: SimulationOptions,
  { folder, shrinkForMs }: KeepOptions,
  terminal: Terminal,
): Promise<{ readonly file: string; readonly faults: number }> {
  const drawn = scenarioFromSeed(failed.seed, overridesOf(options));
  const canRun = failed.isDeadly !== true;
  const scenario = canRun && shrinkForMs > 0 ? shrink(drawn, shrinkForMs, terminal) : drawn;
  const file = join(folder, `${wordsOf(failed.property)}-seed-${failed.seed}.json`);
  await saveScenario(file, scenario);
  const saved = canRun ? failureOfScenario(await loadScenario(file)) : undefined;
  if (canRun && (saved === undefined || !isSameFailure(saved, { ...failed, atMs: 0 })))
    terminal.out(
      `${file} does not fail as seed ${failed.seed} does: the run is not deterministic. Please report that.`,
    );
  return { file, faults: scenario.faults.length };
}

function shrink(drawn: Scenario, forMs: number, terminal: Terminal): Scenario {
  const startedMs = performance.now();
  const leftMs = (): number => Math.max(0, forMs - (performance.now() - startedMs));
  const shrunk = shrinkScenario(drawn, {
    isOver: () => leftMs() === 0,
    onProgress: ({ faults, cluster }, runs) =>
      terminal.draw?.(
        `shrinking seed ${drawn.seed}: ${faults.length} of ${formatCounted(drawn.faults.length, 'fault')}, ${cluster.replicas} replicas, ` +
          `${formatCounted(runs, 'run')}, ${formatDuration(leftMs())} left`,
      ),
  });
  terminal.draw?.('');
  if (shrunk === undefined) return drawn;
  const { scenario, runs, isCutOff } = shrunk;
  terminal.out(
    `seed ${drawn.seed} shrunk from ${formatCounted(drawn.faults.length, 'fault')} to ${scenario.faults.length} and from ` +
      `${formatDuration(drawn.durationMs)} to ${formatDuration(scenario.durationMs)} of virtual time, in ${formatCounted(runs, 'run')} and ` +
      `${formatDuration(performance.now() - startedMs)}${isCutOff ? '; a longer -shrink-for might find more' : ''}`,
  );
  return scenario;
}

/** `durable promises` → `durable-promises`. */
function wordsOf(property: string): string {
  return property
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
