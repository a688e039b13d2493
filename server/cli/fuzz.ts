import { availableParallelism } from 'node:os';
import { formatCount, formatCounted, formatDuration } from './amounts.ts';
import { type Flags, parseFlags } from './flags.ts';
import { keepFailure, type KeepOptions } from './fuzz_keep.ts';
import { areMarksRequired } from './fuzz_marks.ts';
import { runTasks } from './fuzz_pool.ts';
import { FuzzProgress } from './fuzz_progress.ts';
import { countSeeds, parseShard, seedsOf, type Shard, WHOLE } from './fuzz_shard.ts';
import { type FailedSeed, Tally } from './fuzz_tally.ts';
import { describeFlags } from './help.ts';
import { replayFileLine, replaySeedLine } from './replay_line.ts';
import { readSimulationOptions, requireRange, SIMULATION_FLAGS, type SimulationOptions } from './sim_options.ts';
import { describeMarks } from './sim_report.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const FUZZ_FLAGS = {
  ...SIMULATION_FLAGS,
  seeds: { kind: 'integer', help: 'How many seeds, from the first on.', absent: '1000' },
  shard: {
    kind: 'text',
    help: 'Run only the seeds that are i modulo n, for machine i of n.',
    placeholder: 'I/N',
    absent: 'all seeds',
  },
  workers: { kind: 'integer', help: 'Processes that run seeds.', absent: 'one for each core' },
  'keep-going': { kind: 'switch', help: 'Run all seeds, whatever fails.' },
  'save-to': {
    kind: 'text',
    help: 'The folder for failing scenarios.',
    placeholder: 'DIR',
    absent: 'scenarios/regressions',
  },
  'shrink-for': {
    kind: 'durationMs',
    help: 'How long a simpler scenario is looked for that fails the same way.',
    absent: '60s',
  },
  'no-shrink': { kind: 'switch', help: 'Save failing scenarios as they were drawn.' },
  'require-marks': { kind: 'switch', help: 'Fail when a mark was never reached, however small the campaign.' },
} as const satisfies Flags;

const SEEDS_DEFAULT = 1_000;
const WORKERS_MAX = 256;
const FOLDER_DEFAULT = 'scenarios/regressions';
/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED_STATUS = 130;
const SHRINK_FOR_DEFAULT_MS = 60_000;
/** Failures that are told, and, one of a property, saved. */
const SHOWN_FAILURES = 5;
const SAVED_FAILURES = 3;

interface CampaignOptions extends SimulationOptions {
  readonly shard: Shard;
  readonly keepGoing: boolean;
  readonly requireMarks: boolean;
  readonly keep: KeepOptions;
}

/**
 * `safekeeper fuzz`: many seeds on all cores. Resolves with the exit status: 1 when a property broke, or when the campaign
 * was large and a mark was never reached. The last line is a summary in JSON; after a failure, which is saved as a file,
 * the command that replays it follows.
 */
export async function runFuzzCommand(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(FUZZ_FLAGS, args, {});
  if (helpWanted) {
    terminal.out(`Simulates many seeds and tells which of them fail.\n\n${describeFlags(FUZZ_FLAGS)}`);
    return 0;
  }
  const workers = values.workers ?? availableParallelism();
  requireRange('workers', workers, 1, WORKERS_MAX);
  const options: CampaignOptions = {
    ...readSimulationOptions(values, positional, SEEDS_DEFAULT),
    shard: values.shard === undefined ? WHOLE : parseShard(values.shard),
    keepGoing: values['keep-going'] === true,
    requireMarks: values['require-marks'] === true,
    keep: {
      folder: values['save-to'] ?? FOLDER_DEFAULT,
      shrinkForMs: values['no-shrink'] === true ? 0 : (values['shrink-for'] ?? SHRINK_FOR_DEFAULT_MS),
    },
  };
  const tally = new Tally();
  let isInterrupted = false;
  const stopListening = terminal.onInterrupt(() => {
    if (isInterrupted) process.exit(INTERRUPTED_STATUS);
    isInterrupted = true;
    terminal.err('Stopping after the runs that are under way. Ctrl-C again stops at once.');
  });
  const wallMs = await runCampaign(options, workers, tally, terminal, () => isInterrupted);
  // Shrinking leaves no turn to a listener; without one Ctrl-C ends the process.
  stopListening();
  return report(options, tally, wallMs, terminal);
}

/** Runs the seeds. Resolves with how long it took. */
async function runCampaign(
  options: CampaignOptions,
  workers: number,
  tally: Tally,
  terminal: Terminal,
  isInterrupted: () => boolean,
): Promise<number> {
  const { from, seeds, shard, replicas, durationMs, mode, keepGoing } = options;
  const count = countSeeds(shard, from, seeds);
  const progress = new FuzzProgress(terminal, count);
  const line = seedsOf(shard, from, seeds);
  await runTasks(
    Math.max(1, Math.min(workers, count)),
    () => {
      if (isInterrupted() || (!keepGoing && tally.failures.length > 0)) return undefined;
      const { value: seed } = line.next();
      return typeof seed === 'number' ? { seed, replicas, durationMs, mode } : undefined;
    },
    (outcome) => {
      tally.add(outcome);
      if (outcome.failure !== undefined && tally.failures.length <= SHOWN_FAILURES)
        terminal.out(describeFailedSeed({ seed: outcome.seed, ...outcome.failure }));
      progress.show(tally);
    },
  );
  progress.clear();
  return progress.elapsedMs;
}

/** Tells what came of it, saves what failed, and decides the exit status. */
async function report(options: CampaignOptions, tally: Tally, wallMs: number, terminal: Terminal): Promise<number> {
  const { failures, marksNeverReached: never } = tally;
  for (const line of describeMarks(tally.marks)) terminal.out(line);
  const times = Math.round(tally.virtualMs / Math.max(1, wallMs));
  terminal.out(
    `${formatCounted(tally.seeds, 'seed')}, ${failures.length === 0 ? 'none' : formatCount(failures.length)} failed, in ${formatDuration(wallMs)} ` +
      `(${((tally.seeds / Math.max(1, wallMs)) * 1_000).toFixed(1)}/s, ${formatCount(times)} times as fast as the world)`,
  );
  const areRequired = areMarksRequired(tally, options, options.requireMarks);
  const marksFail = failures.length === 0 && areRequired && never.length > 0;
  if (never.length > 0) {
    terminal.out(
      marksFail
        ? `FAILED: these marks were never reached, so this campaign proves nothing about them: ${never.join('; ')}`
        : `Never reached: ${never.join('; ')}`,
    );
  }
  for (const failed of failures.slice(0, SHOWN_FAILURES)) {
    terminal.out(describeFailedSeed(failed));
    terminal.out(`  ${replaySeedLine(failed.seed, options)}`);
  }
  const files: string[] = [];
  for (const failed of tally.failureOfEachProperty.slice(0, SAVED_FAILURES)) {
    const { file, faults } = await keepFailure(failed, options, options.keep, terminal);
    terminal.out(`saved to ${file}, with ${formatCounted(faults, 'fault')}`);
    files.push(file);
  }
  const { index, of } = options.shard;
  terminal.out(
    JSON.stringify({
      from: options.from,
      seeds: tally.seeds,
      ...(of === 1 ? {} : { shard: `${index}/${of}` }),
      verdict: failures.length > 0 || marksFail ? 'failed' : 'ok',
      failures: failures.map(({ seed, property }) => ({ seed, property })),
      events: tally.events,
      virtual_ms: tally.virtualMs,
      wall_ms: Math.round(wallMs),
      marks_never_reached: never,
      marks_required: areRequired,
      files,
    }),
  );
  if (files[0] !== undefined) terminal.out(replayFileLine(files[0]));
  return failures.length > 0 || marksFail ? 1 : 0;
}

function describeFailedSeed({ seed, property, sentence }: FailedSeed): string {
  return `seed ${seed} FAILED, ${property}: ${sentence}`;
}
