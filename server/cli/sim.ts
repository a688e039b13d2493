import {
  addMarks,
  type MarkCounts,
  runScenario,
  type RunResult,
  type Scenario,
  scenarioFromSeed,
} from '../../sim/index.ts';
import { type Flags, parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';
import { replayFileLine, replaySeedLine } from './replay_line.ts';
import { filterOf, readDetail, type SimDetail } from './sim_detail.ts';
import {
  overridesOf,
  readSimulationOptions,
  requireRange,
  SIMULATION_FLAGS,
  type SimulationOptions,
} from './sim_options.ts';
import { describeFailure, describeLead, describeMarks, describeScenario, describeTotals, tell } from './sim_report.ts';
import { loadScenario, saveScenario } from './sim_scenario.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const SIM_FLAGS = {
  seed: { kind: 'integer', help: 'The seed to run; with -seeds the first of them.', absent: '1' },
  ...SIMULATION_FLAGS,
  scenario: {
    kind: 'text',
    help: 'Run the scenario in this file instead of drawing one; - reads standard input.',
    placeholder: 'FILE',
  },
  save: { kind: 'text', help: 'Save the scenario to this file.', placeholder: 'FILE' },
  detail: {
    kind: 'text',
    help: 'What is told: quiet, news, protocol (also messages, requests and commits) or everything.',
    absent: 'news',
  },
} as const satisfies Flags;

/**
 * `safekeeper sim`: lets seeds or a saved scenario happen and tells what did. Resolves with the exit status: 1 when a
 * property broke. The last line is a summary in JSON; after a failure the command that replays it follows.
 */
export async function runSimCommand(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(SIM_FLAGS, args, {});
  if (helpWanted) {
    terminal.out(
      `Simulates a cluster, its clients and its faults; the same seed gives the same run.\n\n${describeFlags(SIM_FLAGS)}`,
    );
    return 0;
  }
  if (values.seed !== undefined && values.from !== undefined)
    throw new UsageError('-seed and -from both name the first seed; give one.');
  const first = values.seed ?? values.from ?? 1;
  requireRange('seed', first, 0, Number.MAX_SAFE_INTEGER - 100_000_000);
  const options = { ...readSimulationOptions({ ...values, from: undefined }, positional, 1), from: first };
  const detail = readDetail(values.detail ?? 'news');
  if (values.scenario !== undefined) {
    requireNothingDrawn(values);
    const scenario = await loadScenario(values.scenario);
    if (values.save !== undefined) await saveScenario(values.save, scenario);
    return runOne(scenario, replayFileLine(values.scenario), detail, terminal);
  }
  if (options.seeds > 1) return runMany(options, detail, terminal);
  const scenario = scenarioFromSeed(options.from, overridesOf(options));
  if (values.save !== undefined) await saveScenario(values.save, scenario);
  return runOne(scenario, replaySeedLine(options.from, options), detail, terminal);
}

/** What is in a file is not drawn. */
function requireNothingDrawn(values: Readonly<Record<string, unknown>>): void {
  const drawing = ['seed', 'from', 'seeds', 'replicas', 'duration', 'mode'].find((name) => values[name] !== undefined);
  if (drawing === undefined) return;
  throw new UsageError(`-scenario names a scenario and -${drawing} draws one; give one of them, or change the file.`);
}

function runOne(scenario: Scenario, replay: string, detail: SimDetail, terminal: Terminal): number {
  if (detail !== 'quiet') for (const line of [...describeScenario(scenario), '']) terminal.out(line);
  const isTold = filterOf(detail);
  const startedMs = performance.now();
  const result = runScenario(scenario, {
    onHappening: (happening) => {
      if (isTold(happening)) terminal.out(tell(happening));
    },
  });
  const wallMs = performance.now() - startedMs;
  if (detail !== 'quiet') {
    terminal.out('');
    // Otherwise it was told already.
    if (detail === 'news') for (const line of describeLead(scenario, result)) terminal.out(line);
    for (const line of describeTotals(result, wallMs)) terminal.out(line);
    for (const line of describeMarks(result.marks)) terminal.out(line);
  }
  for (const line of describeFailure(result)) terminal.out(line);
  terminal.out(JSON.stringify(summaryOf(result, wallMs)));
  if (result.verdict === 'ok') return 0;
  terminal.out(replay);
  return 1;
}

function runMany(options: SimulationOptions, detail: SimDetail, terminal: Terminal): number {
  const startedMs = performance.now();
  let marks: MarkCounts = {};
  const failures: { seed: number; property: string }[] = [];
  for (let seed = options.from; seed < options.from + options.seeds; seed++) {
    const beganMs = performance.now();
    const scenario = scenarioFromSeed(seed, overridesOf(options));
    const result = runScenario(scenario);
    marks = addMarks(marks, result.marks);
    if (detail !== 'quiet') for (const line of describeLead(scenario, result)) terminal.out(line);
    for (const line of describeFailure(result)) terminal.out(line);
    if (result.violation !== undefined) failures.push({ seed, property: result.violation.property });
    terminal.out(JSON.stringify(summaryOf(result, performance.now() - beganMs)));
  }
  for (const line of describeMarks(marks)) terminal.out(line);
  terminal.out(
    JSON.stringify({
      from: options.from,
      seeds: options.seeds,
      verdict: failures.length === 0 ? 'ok' : 'failed',
      failures,
      wall_ms: Math.round(performance.now() - startedMs),
    }),
  );
  const [failure] = failures;
  if (failure === undefined) return 0;
  terminal.out(replaySeedLine(failure.seed, options));
  return 1;
}

function summaryOf(result: RunResult, wallMs: number): object {
  const { seed, verdict, hash, events, virtualMs, violation } = result;
  const summary = { seed, verdict, hash, events, virtual_ms: virtualMs, wall_ms: Math.round(wallMs) };
  return violation === undefined ? summary : { ...summary, property: violation.property };
}
