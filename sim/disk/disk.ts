import type { DiskEffect, DiskFailure, DiskOperation, OperationId } from '../../engine/vocabulary/index.ts';
import type { EventQueue, Scheduled } from '../event_queue.ts';
import type { Random } from '../random.ts';
import { DiskFaults } from './faults.ts';
import { FileSystem } from './file_system.ts';
import { type DiskParameters, HEALTHY_DISK } from './parameters.ts';
import { describeOperation, perform, performFailing, writtenBytes } from './perform.ts';

export type DiskOutcome =
  | { readonly kind: 'done'; readonly id: OperationId; readonly reads: readonly Uint8Array[] }
  | { readonly kind: 'failed'; readonly id: OperationId; readonly failure: DiskFailure; readonly reason: string };

/** Sequential throughput, in bytes a millisecond. */
const THROUGHPUT = 200_000;

/** One operation on its way to the file system. */
interface Pending {
  readonly operation: DiskOperation;
  readonly flight: Flight;
  readonly failure: DiskFailure | undefined;
  /** Which of the effect's reads it is. */
  readonly readNumber: number;
  readonly sequence: number;
  /** When its stage begins: until then the operating system has not heard of it. */
  issuedMs: number;
  dueMs: number;
}

/** One effect whose outcome is still owed. */
interface Flight {
  readonly id: OperationId;
  readonly reads: Uint8Array[];
  failure: { readonly failure: DiskFailure; readonly reason: string } | undefined;
  readonly report: (outcome: DiskOutcome) => void;
  reportsMs: number;
  timer: Scheduled | undefined;
}

/**
 * A disk: takes its time over each operation of an effect by itself, so that a crash can come between any two. The
 * times are drawn when an effect arrives; operations are carried out, in the order of their times, whenever somebody
 * could see a difference.
 */
export class SimulatedDisk {
  readonly files = new FileSystem();
  readonly faults = new DiskFaults();
  private readonly queue: EventQueue;
  private readonly random: Random;
  private parameters: DiskParameters;
  private pending: Pending[] = [];
  private readonly flights = new Set<Flight>();
  private stalledUntilMs = 0;
  private nextSequence = 0;

  constructor(queue: EventQueue, random: Random, parameters: DiskParameters) {
    this.queue = queue;
    this.random = random;
    this.parameters = parameters;
  }

  /** No operation is on its way. */
  get idle(): boolean {
    return this.pending.length === 0 && this.flights.size === 0;
  }

  submit(effect: DiskEffect, report: (outcome: DiskOutcome) => void): void {
    const flight: Flight = { id: effect.id, reads: [], failure: undefined, report, reportsMs: 0, timer: undefined };
    this.plan(effect, flight);
    this.flights.add(flight);
    this.arm(flight);
  }

  /** The process died: what the operating system was told may still happen, nothing is reported. */
  crash(): void {
    this.advance();
    const issued = this.pending.filter((step) => step.issuedMs <= this.queue.nowMs).sort(byTime);
    for (const step of issued) {
      if (this.random.chance(this.parameters.finishesAfterCrash)) this.carryOut(step);
    }
    this.pending = [];
    for (const flight of this.flights) if (flight.timer !== undefined) flight.timer.cancelled = true;
    this.flights.clear();
  }

  powerCut(): void {
    this.crash();
    this.files.powerCut(this.random);
  }

  /** Nothing finishes for so long. */
  stall(forMs: number): void {
    this.advance();
    const untilMs = this.queue.nowMs + forMs;
    const byMs = untilMs - Math.max(this.stalledUntilMs, this.queue.nowMs);
    if (byMs <= 0) return;
    this.stalledUntilMs = untilMs;
    this.shift(byMs);
  }

  heal(): void {
    this.advance();
    const { nowMs } = this.queue;
    this.faults.heal();
    this.parameters = HEALTHY_DISK;
    this.stalledUntilMs = 0;
    // A heavy tail that began before ends soon after.
    const latest = this.pending.reduce((max, step) => Math.max(max, step.dueMs), nowMs);
    const factor = latest - nowMs > 100 ? 100 / (latest - nowMs) : 1;
    const sooner = (atMs: number): number => (atMs <= nowMs ? atMs : nowMs + (atMs - nowMs) * factor);
    for (const step of this.pending) {
      step.issuedMs = sooner(step.issuedMs);
      step.dueMs = sooner(step.dueMs);
    }
    for (const flight of this.flights) {
      flight.reportsMs = sooner(flight.reportsMs);
      this.arm(flight);
    }
  }

  /** Carries out everything that is due. Called before anybody looks. */
  advance(): void {
    const { nowMs } = this.queue;
    // Nearly always nothing is: this is asked before every look at the disk.
    if (!this.pending.some((step) => step.dueMs <= nowMs)) return;
    const due = this.pending.filter((step) => step.dueMs <= nowMs);
    this.pending = due.length === this.pending.length ? [] : this.pending.filter((step) => step.dueMs > nowMs);
    due.sort(byTime);
    for (const step of due) this.carryOut(step);
  }

  /** Draws when each operation of the effect takes place, and when and how its flight ends. */
  private plan(effect: DiskEffect, flight: Flight): void {
    let readCount = 0;
    let stageMs = Math.max(this.queue.nowMs, this.stalledUntilMs);
    for (const stage of effect.stages) {
      let endMs = stageMs;
      let failsMs = Infinity;
      for (const operation of stage) {
        const dueMs = stageMs + this.latencyMs(operation);
        const failure = this.failureOf(operation);
        const readNumber = operation.op === 'read' ? readCount++ : 0;
        const sequence = this.nextSequence++;
        this.pending.push({ operation, flight, failure, readNumber, sequence, issuedMs: stageMs, dueMs });
        if (failure !== undefined && dueMs < failsMs) {
          failsMs = dueMs;
          flight.failure = {
            failure,
            reason: `${describeOperation(operation)}: ${failure === 'full' ? 'no space left on device' : 'input/output error'}`,
          };
        }
        if (dueMs > endMs) endMs = dueMs;
      }
      if (flight.failure !== undefined) {
        flight.reportsMs = failsMs;
        return;
      }
      stageMs = endMs;
    }
    flight.reportsMs = stageMs;
  }

  private latencyMs(operation: DiskOperation): number {
    const meanMs = this.meanMs(operation) * this.faults.slowFactor;
    if (this.parameters.steady === true) return meanMs;
    return this.random.heavyTailed(0, meanMs) + writtenBytes(operation) / THROUGHPUT;
  }

  private meanMs(operation: DiskOperation): number {
    switch (operation.op) {
      case 'sync':
      case 'syncDirectory':
        return this.parameters.syncMs;
      case 'read':
        return this.parameters.readMs;
      case 'write':
      case 'truncate':
      case 'remove':
      case 'rename':
        return this.parameters.writeMs;
    }
  }

  private failureOf(operation: DiskOperation): DiskFailure | undefined {
    if (this.faults.full && operation.op === 'write') {
      const size = this.files.find(operation.file)?.size ?? 0;
      if (operation.offset + writtenBytes(operation) > size) {
        this.faults.failureCount += 1;
        return 'full';
      }
    }
    return this.faults.takes(operation) ? 'io' : undefined;
  }

  private carryOut(step: Pending): void {
    const { operation, flight } = step;
    if (step.failure !== undefined) {
      performFailing(this.files, operation, this.random);
      return;
    }
    const read = perform(this.files, this.faults.misdirect(operation));
    if (read !== undefined) {
      const isShort = read.length > 0 && this.faults.shortens(operation);
      flight.reads[step.readNumber] = isShort ? read.subarray(0, this.random.integer(0, read.length - 1)) : read;
    }
    if (operation.op === 'write' && this.random.chance(this.parameters.earlyWriteback)) {
      this.files.existing(operation.file).writeBack(this.random, 0.5);
    }
  }

  private arm(flight: Flight): void {
    if (flight.timer !== undefined) flight.timer.cancelled = true;
    flight.timer = this.queue.at(flight.reportsMs, () => this.finish(flight));
  }

  private finish(flight: Flight): void {
    this.advance();
    this.flights.delete(flight);
    const { id, reads, failure } = flight;
    flight.report(failure === undefined ? { kind: 'done', id, reads } : { kind: 'failed', id, ...failure });
  }

  private shift(byMs: number): void {
    const { nowMs } = this.queue;
    for (const step of this.pending) {
      if (step.issuedMs > nowMs) step.issuedMs += byMs;
      step.dueMs += byMs;
    }
    for (const flight of this.flights) {
      flight.reportsMs += byMs;
      this.arm(flight);
    }
  }
}

function byTime(one: Pending, other: Pending): number {
  return one.dueMs - other.dueMs || one.sequence - other.sequence;
}
