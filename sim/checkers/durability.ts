import type { Answer, Effect, Event } from '../../engine/vocabulary/index.ts';
import type { ClientRequest } from '../clients/request.ts';
import type { EngineNode } from '../engine_under_test.ts';
import type { Observer } from '../observer.ts';
import type { Ending, Replica } from '../process/replica.ts';
import { requireThat, Violation } from '../violation.ts';
import type { CheckContext } from './context.ts';
import { platterOf } from './context.ts';
import type { StoredIdentifier } from './disk_reader.ts';
import { describeEntry, sameEntry } from './ledger.ts';
import { isEqual } from './proposals.ts';
import { PlatterLog, type Watermark } from './platter_log.ts';

/**
 * What was committed, and so whatever was acknowledged, is on a quorum of platters, identifiers and bytes (property 6):
 * looked at when a replica takes something for committed, when one answers "stored", and whenever a process or a
 * machine goes down. Where a platter was damaged its identifiers count, and where a directory was lost what it had held;
 * but of those that nothing happened to, at least one has to have everything.
 *
 * A log that has an entry has all before it, so one number for each platter says it all: up to where it agrees with the
 * committed log.
 */
export class Durability implements Observer {
  private readonly context: CheckContext;
  private readonly marks: readonly Watermark[];
  /** The last committed entry that is known to have been on a quorum. */
  private promised = 0;
  /** Up to where each platter was seen to agree with the committed log. */
  private readonly reached: number[];
  /** What each platter held beyond that when its process was last gone: all that a lost directory leaves behind. */
  private readonly lost = new Set<Replica>();
  private readonly beyond: (readonly StoredIdentifier[])[];

  constructor(context: CheckContext) {
    this.context = context;
    this.marks = context.platters.map((platter) => platter.watermark());
    this.reached = context.platters.map(() => 0);
    this.beyond = context.platters.map(() => []);
  }

  stepped(replica: Replica, _event: Event, _after: EngineNode, effects: readonly Effect[]): void {
    if (this.context.ledger.lastIndex === this.promised) return;
    for (const effect of effects) {
      if (effect.kind !== 'observe' || effect.observation.what !== 'committed') continue;
      if (effect.observation.index > this.promised) {
        this.check(effect.observation.index, () => `${replica.name} takes it for committed`);
        this.promised = effect.observation.index;
      }
    }
  }

  answered(replica: Replica, request: ClientRequest, answer: Answer): void {
    if (answer.kind !== 'stored' || request.body.kind !== 'propose') return;
    const entry = this.context.ledger.record(answer.lsn);
    if (entry === undefined)
      throw new Violation(
        'durability',
        `${replica.name} answers that LSN ${answer.lsn} is stored, but nothing committed has that LSN.`,
      );
    this.check(entry.index, () => `${replica.name} answers that it is stored`);
  }

  ended(replica: Replica, ending: Ending): void {
    this.remember(replica);
    this.check(this.promised, () => `${replica.name} went down (${ending})`);
  }

  /** At the end, from the first byte on: every record as its client sent it, on every one of these platters. */
  finished(replicas: readonly Replica[]): void {
    const { ledger } = this.context;
    for (const replica of replicas) {
      const platter = new PlatterLog(replica.disk.files);
      for (let index = 1; index <= ledger.lastIndex; index++) {
        const entry = ledger.at(index);
        const stored = platter.entry(index);
        requireThat(
          entry !== undefined && stored !== undefined && sameEntry(stored, entry) && platter.isIntact(index),
          'durability',
          () =>
            `At the end ${describeEntry(entry)} is not on the platter of ${replica.name}: there is ${describeEntry(stored)}.`,
        );
        if (entry?.variant === undefined) continue;
        const data = platter.data(index);
        requireThat(
          data !== undefined && isEqual(data, entry.variant.proposal.data),
          'durability',
          () => `At the end ${replica.name} has other bytes at ${describeEntry(entry)} than its client sent.`,
        );
      }
    }
  }

  private check(index: number, when: () => string): void {
    // The founding entry is agreed on before anyone writes it; what is committed later covers it.
    if (index <= 1) return;
    const { majority, ledger, replicas } = this.context;
    let count = 0;
    let wholeCount = 0;
    for (const replica of replicas) {
      if (this.coverage(replica, index) < index) continue;
      count += 1;
      if (!replica.losses.lost && !replica.losses.rotten) wholeCount += 1;
    }
    if (count >= majority && wholeCount > 0) return;
    const reached = replicas.map((replica) => `${replica.name} ${this.reached[replica.number]}`);
    throw new Violation(
      'durability',
      `When ${when()}, ${describeEntry(ledger.at(index))} is on ${count} platters, of ${majority} that are a quorum` +
        `${wholeCount === 0 ? ', and on none that nothing happened to' : ''}. ` +
        `They hold the committed log up to: ${reached.join(', ')}.`,
    );
  }

  /** Up to where this platter agrees with the committed log; looks no further than `index`. */
  private coverage(replica: Replica, index: number): number {
    const { ledger } = this.context;
    const { number } = replica;
    if (replica.losses.lost) return this.formerCoverage(number, index);
    const platter = platterOf(this.context, replica);
    const mark = this.marks[number];
    if (mark === undefined) return 0;
    const end = Math.min(index, endOf(replica, platter));
    while (mark.index < end) {
      const stored = platter.entry(mark.index + 1);
      const entry = ledger.at(mark.index + 1);
      if (stored === undefined || entry === undefined || !sameEntry(stored, entry)) break;
      mark.index += 1;
    }
    this.reached[number] = mark.index;
    return mark.index;
  }

  /** The same of a directory that is gone, by what it held. */
  private formerCoverage(number: number, index: number): number {
    let reached = this.reached[number] ?? 0;
    const beyond = this.beyond[number] ?? [];
    while (reached < index) {
      const stored = beyond.find((entry) => entry.index === reached + 1);
      const entry = this.context.ledger.at(reached + 1);
      if (stored === undefined || entry === undefined || !sameEntry(stored, entry)) break;
      reached += 1;
    }
    this.reached[number] = reached;
    return reached;
  }

  private remember(replica: Replica): void {
    // A process on another directory than the one that promised adds nothing.
    if (replica.losses.lost && this.lost.has(replica)) return;
    if (replica.losses.lost) this.lost.add(replica);
    const platter = platterOf(this.context, replica);
    const beyond: StoredIdentifier[] = [];
    const end = endOf(replica, platter);
    for (let index = (this.reached[replica.number] ?? 0) + 1; index <= end; index++) {
      const entry = platter.entry(index);
      if (entry !== undefined) beyond.push(entry);
    }
    this.beyond[replica.number] = beyond;
  }
}

/** As far as this platter's entries count. */
function endOf(replica: Replica, platter: PlatterLog): number {
  return replica.losses.rotten ? platter.lastIndex() : platter.intactIndex();
}
