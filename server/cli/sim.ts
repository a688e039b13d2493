import { readFile, writeFile } from 'node:fs/promises';
import {
  addMarks,
  isInteresting,
  type MarkCounts,
  runScenario,
  type RunResult,
  type Scenario,
  scenarioFromSeed,
} from '../../sim/index.ts';
import { type Flags, parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';
import {
  overridesOf,
  readSimulationOptions,
  replayLine,
  requireRange,
  SIMULATION_FLAGS,
  type SimulationOptions,
} from './sim_options.ts';
import { describeFailure, describeMarks, describeScenario, describeTotals, tell } from './sim_report.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const SIM_FLAGS = {
  seed: { kind: 'integer', help: 'The seed to run; with -seeds the first of them.', absent: '1' },
  ...SIMULATION_FLAGS,
  scenario: { kind: 'text', help: 'Run the scenario in this file instead of drawing one.', placeholder: 'FILE' },
  save: { kind: 'text', help: 'Save the scenario to this file.', placeholder: 'FILE' },
  verbose: { kind: 'switch', help: 'Tell every event and effect, not only the interesting ones.' },
} as const satisfies Flags;

/** `safekeeper sim`: lets seeds happen and tells what did. Resolves with the exit status: 1 when a property broke. */
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
  if (values.scenario !== undefined) {
    const scenario = await readScenario(values.scenario);
    return runOne(
      scenario,
      `./safekeeper sim -scenario ${values.scenario} -verbose`,
      values.verbose === true,
      terminal,
    );
  }
  if (options.seeds > 1) return runMany(options, terminal);
  const scenario = scenarioFromSeed(options.from, overridesOf(options));
  if (values.save !== undefined) await writeFile(values.save, `${JSON.stringify(scenario, undefined, 2)}\n`);
  return runOne(scenario, replayLine(options.from, options), values.verbose === true, terminal);
}

function runOne(scenario: Scenario, replay: string, verbose: boolean, terminal: Terminal): number {
  for (const line of describeScenario(scenario)) terminal.out(line);
  terminal.out('');
  const startedMs = performance.now();
  const result = runScenario(scenario, {
    onHappening: (happening) => {
      if (verbose || isInteresting(happening)) terminal.out(tell(happening));
    },
  });
  const wallMs = performance.now() - startedMs;
  terminal.out('');
  for (const line of describeFailure(result, replay)) terminal.out(line);
  for (const line of describeTotals(result, wallMs)) terminal.out(line);
  for (const line of describeMarks(result.marks)) terminal.out(line);
  terminal.out(JSON.stringify(summaryOf(result, wallMs)));
  return result.verdict === 'ok' ? 0 : 1;
}

function runMany(options: SimulationOptions, terminal: Terminal): number {
  const startedMs = performance.now();
  let marks: MarkCounts = {};
  const failures: { seed: number; property: string }[] = [];
  for (let seed = options.from; seed < options.from + options.seeds; seed++) {
    const beganMs = performance.now();
    const result = runScenario(scenarioFromSeed(seed, overridesOf(options)));
    marks = addMarks(marks, result.marks);
    for (const line of describeFailure(result, replayLine(seed, options))) terminal.out(line);
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
  return failures.length === 0 ? 0 : 1;
}

function summaryOf(result: RunResult, wallMs: number): object {
  const { seed, verdict, hash, events, virtualMs, violation } = result;
  const summary = { seed, verdict, hash, events, virtual_ms: virtualMs, wall_ms: Math.round(wallMs) };
  return violation === undefined ? summary : { ...summary, property: violation.property };
}

async function readScenario(file: string): Promise<Scenario> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`There is no file ${file}.`);
  }
  try {
    return JSON.parse(text) as Scenario;
  } catch {
    throw new UsageError(`${file} holds no scenario: it is not JSON. -save writes one.`);
  }
}
