import { createNode, step } from '../step.ts';
import type { Draft, NodeState } from '../state.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMING } from '../vocabulary/config.ts';
import type { NodeConfig } from '../vocabulary/config.ts';
import type { DiskOperation } from '../vocabulary/disk.ts';
import type { Effect } from '../vocabulary/effects.ts';
import type { Event } from '../vocabulary/events.ts';
import type { Answer } from '../vocabulary/requests.ts';
import { CrashDisk } from './crash_disk.ts';

interface Running {
  readonly id: number;
  readonly stages: readonly (readonly { readonly operation: DiskOperation; readonly read: number }[])[];
  stage: number;
  /** Of the stage at work: what is still to be done. */
  left: { readonly operation: DiskOperation; readonly read: number }[];
  readonly reads: Uint8Array[];
}

/**
 * One node of a cluster of its own, on a disk that can crash between any two primitive operations. It is never ticked, so
 * it never leads and its journal is the test's to drive.
 */
export class LoneNode {
  readonly disk = new CrashDisk();
  readonly config: NodeConfig;
  state: NodeState;
  halted: string | undefined;
  /** What requests were answered, in order. */
  readonly answers: Answer[] = [];
  /** Called with the state before and after everything that happened. */
  changed: (before: NodeState, after: NodeState) => void = () => {};
  private running: Running[] = [];
  private lives = 0;

  constructor(change: Partial<NodeConfig> = {}) {
    this.config = {
      replicaId: 'r1',
      advertiseUrl: 'http://r1:8090',
      peerUrls: [],
      timing: DEFAULT_TIMING,
      limits: DEFAULT_LIMITS,
      segmentBytes: 1000,
      ...change,
    };
    this.state = createNode(this.config, 1);
    this.start();
  }

  /** A process begins, on the files that are there. */
  start(): void {
    this.lives += 1;
    this.running = [];
    this.halted = undefined;
    this.state = createNode(this.config, this.lives);
    const entropy = new Uint8Array(32).fill(this.lives);
    this.take({ kind: 'start', now: 0, files: this.disk.listing(), entropy });
  }

  take(event: Event): void {
    const before = this.state;
    const { node, effects } = step(before, event);
    this.state = node;
    this.carryOut(effects);
    this.changed(before, node);
  }

  /** Does to the node what a layer above the journal would. */
  change(action: (d: Draft) => void): void {
    const before = this.state;
    const d: Draft = { ...before, effects: [] };
    action(d);
    const { effects, ...node } = d;
    this.state = node;
    this.carryOut(effects);
    this.changed(before, node);
  }

  get busy(): boolean {
    return this.running.length > 0;
  }

  /** Performs one primitive operation of those that may come next; false when there is none. */
  work(chance: () => number): boolean {
    const effect = this.running[Math.floor(chance() * this.running.length)];
    if (effect === undefined) return false;
    const [next] = effect.left.splice(Math.floor(chance() * effect.left.length), 1);
    if (next !== undefined) {
      const bytes = this.disk.perform(next.operation);
      if (bytes !== undefined) effect.reads[next.read] = bytes;
    }
    while (effect.left.length === 0 && effect.stage + 1 < effect.stages.length) {
      effect.stage += 1;
      effect.left = [...(effect.stages[effect.stage] ?? [])];
    }
    if (effect.left.length === 0) {
      this.running = this.running.filter((other) => other !== effect);
      this.take({ kind: 'diskDone', now: 0, id: effect.id, reads: effect.reads });
    }
    return true;
  }

  workAll(): void {
    while (this.work(() => 0)) if (this.halted !== undefined) throw new Error(this.halted);
  }

  private carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'halt') {
        this.halted = effect.sentence;
        this.running = [];
        return;
      }
      if (effect.kind === 'reply') this.answers.push(effect.answer);
      if (effect.kind !== 'disk') continue;
      let reads = 0;
      const stages = effect.stages.map((stage) =>
        stage.map((operation) => ({ operation, read: operation.op === 'read' ? reads++ : -1 })),
      );
      this.running.push({ id: effect.id, stages, stage: 0, left: [...(stages[0] ?? [])], reads: [] });
    }
  }
}

/** A fixed series of numbers from 0 to below 1. */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
