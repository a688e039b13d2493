import { availableParallelism } from 'node:os';
import { addMarks, type MarkCounts, MARKS } from '../../sim/index.ts';
import { formatCount, formatCounted, formatDuration } from './amounts.ts';
import { type Flags, parseFlags } from './flags.ts';
import { runTasks } from './fuzz_pool.ts';
import type { FuzzOutcome, FuzzTask } from './fuzz_work.ts';
import { describeFlags } from './help.ts';
import {
  readSimulationOptions,
  replayLine,
  requireRange,
  SIMULATION_FLAGS,
  type SimulationOptions,
} from './sim_options.ts';
import { describeMarks } from './sim_report.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const FUZZ_FLAGS = {
  ...SIMULATION_FLAGS,
  seeds: { kind: 'integer', help: 'How many seeds, from the first on.', absent: '1000' },
  workers: { kind: 'integer', help: 'Processes that run seeds.', absent: 'one for each core' },
  'keep-going': { kind: 'switch', help: 'Run all seeds, whatever fails.' },
} as const satisfies Flags;

const SEEDS_DEFAULT = 1_000;
const WORKERS_MAX = 256;
const DRAW_EVERY_MS = 200;
const LINE_EVERY_MS = 30_000;
const BAR_CELLS = 24;
const SHOWN_FAILURES = 5;

/** `safekeeper fuzz`: many seeds on all cores. Resolves with the exit status: 1 when a property broke. */
export async function runFuzzCommand(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(FUZZ_FLAGS, args, {});
  if (helpWanted) {
    terminal.out(`Simulates many seeds and tells which of them fail.\n\n${describeFlags(FUZZ_FLAGS)}`);
    return 0;
  }
  const options = readSimulationOptions(values, positional, SEEDS_DEFAULT);
  const workers = values.workers ?? availableParallelism();
  requireRange('workers', workers, 1, WORKERS_MAX);
  const campaign = new Campaign(options, values['keep-going'] === true, terminal);
  await runTasks(
    Math.min(workers, options.seeds),
    () => campaign.next(),
    (outcome) => campaign.done(outcome),
  );
  return campaign.report();
}

/** Seeds handed out, and what came of them. */
class Campaign {
  readonly #options: SimulationOptions;
  readonly #keepGoing: boolean;
  readonly #terminal: Terminal;
  readonly #startedMs = performance.now();
  #nextSeed: number;
  #count = 0;
  #virtualMs = 0;
  #events = 0;
  #marks: MarkCounts = {};
  #shownMs = performance.now();
  readonly #failures: { seed: number; property: string; sentence: string }[] = [];

  constructor(options: SimulationOptions, keepGoing: boolean, terminal: Terminal) {
    this.#options = options;
    this.#keepGoing = keepGoing;
    this.#terminal = terminal;
    this.#nextSeed = options.from;
  }

  next(): FuzzTask | undefined {
    const { from, seeds, replicas, durationMs } = this.#options;
    if (this.#nextSeed >= from + seeds || (this.#failures.length > 0 && !this.#keepGoing)) return undefined;
    return { seed: this.#nextSeed++, replicas, durationMs };
  }

  done({ seed, failure, virtualMs, events, marks }: FuzzOutcome): void {
    this.#count += 1;
    this.#virtualMs += virtualMs;
    this.#events += events;
    this.#marks = addMarks(this.#marks, marks);
    if (failure !== undefined) {
      this.#failures.push({ seed, ...failure });
      if (this.#failures.length <= SHOWN_FAILURES) {
        this.#terminal.out(`seed ${seed} FAILED, ${failure.property}: ${failure.sentence}`);
        this.#terminal.out(`  ${replayLine(seed, this.#options)}`);
      }
    }
    this.#show();
  }

  report(): number {
    this.#terminal.draw?.('');
    const wallMs = performance.now() - this.#startedMs;
    const failures = this.#failures.sort((one, other) => one.seed - other.seed);
    const never = MARKS.filter((mark) => this.#marks[mark] === undefined);
    for (const line of describeMarks(this.#marks)) this.#terminal.out(line);
    if (never.length > 0) this.#terminal.out(`Never: ${never.join('; ')}`);
    const times = Math.round(this.#virtualMs / Math.max(1, wallMs));
    this.#terminal.out(
      `${formatCounted(this.#count, 'seed')}, ${failures.length === 0 ? 'none' : formatCount(failures.length)} failed, in ${formatDuration(wallMs)} (${formatCount(times)} times as fast as the world)`,
    );
    for (const { seed, property, sentence } of failures.slice(0, SHOWN_FAILURES)) {
      this.#terminal.out(`seed ${seed}, ${property}: ${sentence}`);
      this.#terminal.out(`  ${replayLine(seed, this.#options)}`);
    }
    this.#terminal.out(
      JSON.stringify({
        from: this.#options.from,
        seeds: this.#count,
        verdict: failures.length === 0 ? 'ok' : 'failed',
        failures: failures.map(({ seed, property }) => ({ seed, property })),
        events: this.#events,
        virtual_ms: this.#virtualMs,
        wall_ms: Math.round(wallMs),
        marks_never_reached: never,
      }),
    );
    return failures.length === 0 ? 0 : 1;
  }

  #show(): void {
    const now = performance.now();
    const every = this.#terminal.draw === undefined ? LINE_EVERY_MS : DRAW_EVERY_MS;
    if (now - this.#shownMs < every) return;
    this.#shownMs = now;
    const { seeds } = this.#options;
    const elapsedMs = now - this.#startedMs;
    const cells = Math.floor((BAR_CELLS * this.#count) / seeds);
    const rate = (this.#count / elapsedMs) * 1_000;
    const left = formatDuration((elapsedMs * (seeds - this.#count)) / this.#count);
    const failed = this.#failures.length === 0 ? '' : `, ${this.#failures.length} failed`;
    const line = `${formatCount(this.#count)} of ${formatCounted(seeds, 'seed')}${failed}, ${rate.toFixed(1)}/s, ${left} left`;
    if (this.#terminal.draw === undefined) this.#terminal.err(line);
    else this.#terminal.draw(`[${'#'.repeat(cells)}${'.'.repeat(BAR_CELLS - cells)}] ${line}`);
  }
}
