import type {
  Cut,
  Detail,
  DiskParameters,
  Fault,
  FileArea,
  MessageType,
  Scenario,
  ScheduledFault,
  ScriptedAsk,
  ScriptedRequest,
  Target,
  Trigger,
} from '../../sim/index.ts';
import type { Limits, Timing } from '../../engine/vocabulary/index.ts';
import { calmScenario, SYNC_MS } from './calm.ts';
import type { Note } from './note.ts';
import {
  CutStep,
  type Down,
  FilterStep,
  filterOf,
  type Lasting,
  RequestStep,
  write,
  type WriteOptions,
} from './steps.ts';

/** The story goes on for so long after the last thing that was put into it, unless `until` says otherwise. */
const AFTERWARDS_MS = 1_000;

interface Parts {
  readonly scenario: Scenario;
  readonly nowMs: number;
  readonly untilMs: number | undefined;
  readonly notes: readonly Note[];
  readonly waits: { readonly on: Trigger; readonly by?: Target } | undefined;
}

/** A calm cluster of three replicas, into which one puts what is to happen: `scenario().at(1_000).crash(leader)…`. */
export function scenario(): ScenarioBuilder {
  return new ScenarioBuilder({ scenario: calmScenario(), nowMs: 0, untilMs: undefined, notes: [], waits: undefined });
}

/**
 * Writes a `Scenario`, which is plain JSON, sentence by sentence. Each method returns another builder and leaves this one as
 * it was, so scenarios may share their beginning.
 */
export class ScenarioBuilder {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  build(): Scenario {
    const { scenario: made, nowMs, untilMs } = this.parts;
    const endMs = untilMs ?? nowMs + AFTERWARDS_MS;
    const each = <T>(given: readonly T[], otherwise: T): T[] =>
      Array.from({ length: made.cluster.replicas }, (_, number) => given[number] ?? otherwise);
    return {
      ...made,
      disks: each(made.disks, CALM_DISK),
      clocks: each(made.clocks, { offsetMs: 0, driftPpm: 0, granularityMs: 0 }),
      healAtMs: endMs,
      durationMs: endMs,
    };
  }

  /** What is said of it, in the order of time. */
  get notes(): readonly Note[] {
    return this.parts.notes;
  }

  // The cluster.

  /** Decides what the scenario leaves open: above all each election timeout. */
  seed(seed: number): ScenarioBuilder {
    return this.change({ seed });
  }

  replicas(count: number): ScenarioBuilder {
    return this.change({ cluster: { ...this.parts.scenario.cluster, replicas: count } });
  }

  timing(timing: Partial<Timing>): ScenarioBuilder {
    const { cluster } = this.parts.scenario;
    return this.change({ cluster: { ...cluster, timing: { ...cluster.timing, ...timing } } });
  }

  limits(limits: Partial<Limits>): ScenarioBuilder {
    const { cluster } = this.parts.scenario;
    return this.change({ cluster: { ...cluster, limits: { ...cluster.limits, ...limits } } });
  }

  /** Every disk is like this. */
  disks(parameters: Partial<DiskParameters>): ScenarioBuilder {
    const { cluster } = this.parts.scenario;
    return this.change({ disks: Array.from({ length: cluster.replicas }, () => ({ ...CALM_DISK, ...parameters })) });
  }

  /** How long a client waits for an answer. */
  clientPatience(ms: number): ScenarioBuilder {
    return this.change({ workload: { ...this.parts.scenario.workload, requestTimeoutMs: ms } });
  }

  /** More goes wrong than can be survived: only safety is checked. */
  beyondTheBudget(): ScenarioBuilder {
    return this.change({ mode: 'beyond' });
  }

  // Time.

  /** What follows happens so long after the beginning. */
  at(ms: number): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.parts, nowMs: ms });
  }

  /** What follows happens so long after what came before. */
  later(ms: number): ScenarioBuilder {
    return this.at(this.parts.nowMs + ms);
  }

  /** The story ends so long after the beginning; then everything is healed, and the checkers look at what is left. */
  until(ms: number): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.parts, untilMs: ms });
  }

  /** The next fault waits until a replica, or `by`, does this. */
  when(on: Trigger, by?: Target): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.parts, waits: by === undefined ? { on } : { on, by } });
  }

  // What is said.

  say(text: string): ScenarioBuilder {
    return this.note({ text });
  }

  showLogs(): ScenarioBuilder {
    return this.note({ logs: true });
  }

  detail(detail: Detail | 'nothing'): ScenarioBuilder {
    return this.note({ detail });
  }

  /** From here on everything that the disk of `replica-<number>` is asked is told. */
  showDisk(number: number): ScenarioBuilder {
    return this.note({ diskOf: number - 1 });
  }

  hideDisk(): ScenarioBuilder {
    return this.note({ diskOf: 'nobody' });
  }

  // Clients.

  write(lsn: string, text: string, options: WriteOptions = {}): RequestStep<ScenarioBuilder> {
    return this.ask(write(lsn, text, options));
  }

  raiseGeneration(generation: number): RequestStep<ScenarioBuilder> {
    return this.ask({ kind: 'raise', generation });
  }

  /** A linearizable read: of one record, or of the latest LSN. */
  read(lsn?: string): RequestStep<ScenarioBuilder> {
    return this.ask({ kind: 'read', ...(lsn === undefined ? {} : { lsn }), consistency: 'linearizable' });
  }

  /** A read of what one replica knows. */
  readLocally(lsn?: string): RequestStep<ScenarioBuilder> {
    return this.ask({ kind: 'read', ...(lsn === undefined ? {} : { lsn }), consistency: 'local' });
  }

  // Elections.

  /**
   * The election timer of this replica fires: its clock is set far enough forward. So a scenario chooses who stands for
   * election, and leaves everything else to the protocol.
   */
  timeOut(target: Target): ScenarioBuilder {
    const { electionTimeoutMs } = this.parts.scenario.cluster.timing;
    return this.fault({ kind: 'clockStep', target, byMs: 2 * electionTimeoutMs });
  }

  // The network.

  isolate(target: Target): CutStep<ScenarioBuilder> {
    return this.cut({ shape: 'isolate', target });
  }

  /** These on one side, all others on the other. */
  split(...side: readonly Target[]): CutStep<ScenarioBuilder> {
    return this.cut({ shape: 'split', side });
  }

  /** Two sides that only the bridge sees both of. */
  bridge(side: readonly Target[], bridge: Target): CutStep<ScenarioBuilder> {
    return this.cut({ shape: 'bridge', side, bridge });
  }

  /** It hears nobody. */
  deafen(target: Target): CutStep<ScenarioBuilder> {
    return this.cut({ shape: 'oneWay', target, which: 'deaf' });
  }

  /** Nobody hears it. */
  mute(target: Target): CutStep<ScenarioBuilder> {
    return this.cut({ shape: 'oneWay', target, which: 'mute' });
  }

  /** Messages of these types, or all, are lost. */
  drop(...types: readonly MessageType[]): FilterStep<ScenarioBuilder> {
    return new FilterStep(filterOf('drop', types), (fault) => this.fault(fault));
  }

  /** Messages of these types, or all, wait until it is over and arrive then. */
  hold(...types: readonly MessageType[]): FilterStep<ScenarioBuilder> {
    return new FilterStep(filterOf('hold', types), (fault) => this.fault(fault));
  }

  /** No client reaches it. */
  cutOffClients(target: Target): Lasting<ScenarioBuilder> {
    return this.lasting((forMs) => ({ kind: 'clientsCut', target, forMs }));
  }

  // Processes and machines.

  crash(target: Target): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'crash', target, afterEffects: 0, downMs }));
  }

  powerCut(...targets: readonly Target[]): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'powerCut', targets, afterEffects: 0, downMs }));
  }

  powerCutOfAll(): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'powerCutAll', downMs, apartMs: 0 }));
  }

  /** Asked to stop, as by systemd. */
  shutDown(target: Target): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'shutdown', target, downMs }));
  }

  /** The process stands still, then finds everything that was sent to it. */
  pause(target: Target): Lasting<ScenarioBuilder> {
    return this.lasting((forMs) => ({ kind: 'pause', target, forMs }));
  }

  freezeClock(target: Target): Lasting<ScenarioBuilder> {
    return this.lasting((forMs) => ({ kind: 'clockFreeze', target, forMs }));
  }

  // Disks.

  /** No operation finishes meanwhile. */
  stallDisk(target: Target): Lasting<ScenarioBuilder> {
    return this.lasting((forMs) => ({ kind: 'diskStall', target, forMs }));
  }

  /** What it is asked meanwhile takes so many times longer. */
  slowDisk(target: Target, factor: number): Lasting<ScenarioBuilder> {
    return this.lasting((forMs) => ({ kind: 'slowDisk', target, factor, forMs }));
  }

  failNextSync(target: Target): ScenarioBuilder {
    return this.fault({ kind: 'diskError', target, operation: 'sync' });
  }

  /** A flipped bit in what was synced, at this share of the file's length. */
  rot(target: Target, area: FileArea, at: number): ScenarioBuilder {
    return this.fault({ kind: 'rot', target, area, copy: 0, at, damage: 'bit' });
  }

  /** The machine comes back with an empty data directory. */
  loseDirectory(target: Target): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'loseDirectory', target, downMs }));
  }

  saveDirectory(target: Target): ScenarioBuilder {
    return this.fault({ kind: 'saveDirectory', target });
  }

  /** The machine comes back with the data directory that was saved last. */
  restoreDirectory(target: Target): Down<ScenarioBuilder> {
    return this.down((downMs) => ({ kind: 'restoreDirectory', target, downMs }));
  }

  /** Any fault there is; the methods above are short for the common ones. */
  fault(fault: Fault): ScenarioBuilder {
    const { nowMs, waits, scenario: made } = this.parts;
    const scheduled: ScheduledFault = { atMs: nowMs, ...waits, ...fault };
    const faults = [...made.faults, scheduled];
    return new ScenarioBuilder({ ...this.parts, waits: undefined, scenario: { ...made, faults } });
  }

  private cut(cut: Cut): CutStep<ScenarioBuilder> {
    return new CutStep(cut, 0, (fault) => this.fault(fault));
  }

  private lasting(make: (forMs: number) => Fault): Lasting<ScenarioBuilder> {
    return { for: (ms) => this.fault(make(ms)) };
  }

  private down(make: (downMs: number) => Fault): Down<ScenarioBuilder> {
    return { backAfter: (ms) => this.fault(make(ms)) };
  }

  private ask(ask: ScriptedAsk): RequestStep<ScenarioBuilder> {
    const add = (request: ScriptedRequest): ScenarioBuilder => {
      const { workload } = this.parts.scenario;
      return this.change({ workload: { ...workload, script: [...(workload.script ?? []), request] } });
    };
    return new RequestStep({ atMs: this.parts.nowMs, client: 'client', ask }, add);
  }

  private note(note: Omit<Note, 'atMs'>): ScenarioBuilder {
    const notes = [...this.parts.notes, { atMs: this.parts.nowMs, ...note }];
    return new ScenarioBuilder({ ...this.parts, notes });
  }

  private change(change: Partial<Scenario>): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.parts, scenario: { ...this.parts.scenario, ...change } });
  }
}

const CALM_DISK: DiskParameters = {
  writeMs: 0,
  syncMs: SYNC_MS,
  readMs: 0,
  steady: true,
  earlyWriteback: 0,
  finishesAfterCrash: 0,
};
