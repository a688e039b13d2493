import type { NodeConfig } from '../vocabulary/config.ts';
import { DEFAULT_LIMITS, DEFAULT_SEGMENT_BYTES, DEFAULT_TIMING } from '../vocabulary/config.ts';
import type { DiskOperation } from '../vocabulary/disk.ts';
import type { Effect } from '../vocabulary/effects.ts';
import type { Event } from '../vocabulary/events.ts';
import type { Observation } from '../vocabulary/observations.ts';
import type { Answer, Proposal, Query, Consistency } from '../vocabulary/requests.ts';
import type { NodeState } from '../state.ts';
import { createNode, nextDeadline, step } from '../step.ts';

/** One node of a calm cluster: its state, its files, its answers. Files are whole and always durable. */
export interface CalmNode {
  state: NodeState;
  readonly files: Map<string, Uint8Array>;
  readonly answers: Map<number, Answer>;
  readonly observations: Observation[];
  halted: string | undefined;
  /** While set, its disk effects wait here instead of being carried out. */
  stalled: (Effect & { kind: 'disk' })[] | undefined;
}

/**
 * Several nodes in a world without faults: messages arrive in order at once, disks never fail. For tests of the engine
 * alone; the simulator is where the bad days are.
 */
export class CalmCluster {
  readonly nodes: CalmNode[] = [];
  readonly urls: string[] = [];
  /** Return false to lose a message. */
  deliver: (from: number, to: number, bytes: Uint8Array) => boolean = () => true;
  /** Told, after every tick at a deadline, what the node wants next. */
  ticked: (deadline: number | null, now: number) => void = () => {};
  now = 0;
  private readonly queue: { node: number; event: Event }[] = [];
  private nextRequest = 1;

  constructor(count: number, change: Partial<NodeConfig> = {}) {
    for (let i = 0; i < count; i++) this.urls.push(`http://r${i + 1}:8090`);
    for (let i = 0; i < count; i++) {
      this.nodes.push({
        state: createNode(this.config(i, change), i + 1),
        files: new Map(),
        answers: new Map(),
        observations: [],
        halted: undefined,
        stalled: undefined,
      });
    }
    for (let i = 0; i < count; i++) this.start(i);
  }

  config(i: number, change: Partial<NodeConfig> = {}): NodeConfig {
    return {
      replicaId: `r${i + 1}`,
      advertiseUrl: this.urls[i] ?? '',
      peerUrls: this.urls.filter((_, other) => other !== i),
      timing: DEFAULT_TIMING,
      limits: DEFAULT_LIMITS,
      segmentBytes: DEFAULT_SEGMENT_BYTES,
      ...change,
    };
  }

  node(i: number): CalmNode {
    const node = this.nodes[i];
    if (node === undefined) throw new Error(`there is no node ${i}`);
    return node;
  }

  start(i: number): void {
    const files = [...this.node(i).files].map(([name, bytes]) => ({ name, size: bytes.length }));
    this.post(i, { kind: 'start', now: this.now, files, entropy: new Uint8Array(32).fill(i + 1 + this.now) });
  }

  /** The process ends and begins again, on the files it left. */
  restart(i: number): void {
    const node = this.node(i);
    node.state = createNode(node.state.config, i + 100 + this.now);
    node.halted = undefined;
    if (node.stalled !== undefined) node.stalled = [];
    for (let at = this.queue.length - 1; at >= 0; at--) if (this.queue[at]?.node === i) this.queue.splice(at, 1);
    this.start(i);
  }

  propose(i: number, proposal: Proposal): number {
    const request = this.nextRequest++;
    this.post(i, { kind: 'propose', now: this.now, request, proposal });
    return request;
  }

  read(i: number, query: Query, consistency: Consistency): number {
    const request = this.nextRequest++;
    this.post(i, { kind: 'read', now: this.now, request, query, consistency });
    return request;
  }

  post(i: number, event: Event): void {
    this.queue.push({ node: i, event });
  }

  /** Handles everything that happens at once. */
  settle(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) this.take(next.node, next.event);
  }

  /** Lets `ms` pass, ticking each node at its deadlines. */
  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      this.settle();
      let at = Number.MAX_SAFE_INTEGER;
      for (const { state } of this.nodes) at = Math.min(at, nextDeadline(state) ?? at);
      if (at > end) break;
      this.now = Math.max(this.now + 1, at);
      for (let i = 0; i < this.nodes.length; i++) {
        const deadline = nextDeadline(this.node(i).state);
        if (deadline !== null && deadline <= this.now) this.post(i, { kind: 'tick', now: this.now });
      }
    }
    this.now = end;
  }

  leader(): number | undefined {
    const at = this.nodes.findIndex(({ state }) => state.replica.leadership?.termStart !== undefined);
    return at === -1 ? undefined : at;
  }

  /** Runs until there is a leader; throws when none comes. */
  elect(): number {
    for (let rounds = 0; rounds < 100; rounds++) {
      this.run(100);
      const leader = this.leader();
      if (leader !== undefined) return leader;
    }
    throw new Error('no leader was elected in 10 seconds');
  }

  answer(i: number, request: number): Answer | undefined {
    return this.node(i).answers.get(request);
  }

  resumeDisk(i: number): void {
    const waiting = this.node(i).stalled ?? [];
    this.node(i).stalled = undefined;
    for (const effect of waiting) this.carryOut(i, effect);
  }

  private take(i: number, event: Event): void {
    const node = this.node(i);
    if (node.halted !== undefined) return;
    const result = step(node.state, event);
    node.state = result.node;
    for (const effect of result.effects) this.carryOut(i, effect);
    if (event.kind === 'tick') this.ticked(nextDeadline(node.state), this.now);
  }

  private carryOut(i: number, effect: Effect): void {
    const node = this.node(i);
    switch (effect.kind) {
      case 'send': {
        const to = this.urls.indexOf(effect.to);
        if (to !== -1 && this.deliver(i, to, effect.bytes)) {
          this.post(to, { kind: 'message', now: this.now, bytes: effect.bytes });
        }
        return;
      }
      case 'disk': {
        if (node.stalled !== undefined) {
          node.stalled.push(effect);
          return;
        }
        const reads: Uint8Array[] = [];
        for (const stage of effect.stages) for (const operation of stage) perform(node.files, operation, reads);
        this.post(i, { kind: 'diskDone', now: this.now, id: effect.id, reads });
        return;
      }
      case 'reply':
        if (node.answers.has(effect.request)) throw new Error(`request ${effect.request} was answered twice`);
        node.answers.set(effect.request, effect.answer);
        return;
      case 'observe':
        node.observations.push(effect.observation);
        return;
      case 'halt':
        node.halted = effect.sentence;
        return;
    }
  }
}

function perform(files: Map<string, Uint8Array>, operation: DiskOperation, reads: Uint8Array[]): void {
  switch (operation.op) {
    case 'write': {
      let content = files.get(operation.file) ?? new Uint8Array(0);
      let at = operation.offset;
      const end = operation.chunks.reduce((sum, chunk) => sum + chunk.length, at);
      if (operation.chunks.length > 0 && end > content.length) content = resized(content, end);
      else content = content.slice();
      for (const chunk of operation.chunks) {
        content.set(chunk, at);
        at += chunk.length;
      }
      files.set(operation.file, content);
      return;
    }
    case 'truncate':
      files.set(operation.file, resized(files.get(operation.file) ?? new Uint8Array(0), operation.size));
      return;
    case 'remove':
      files.delete(operation.file);
      return;
    case 'rename': {
      const content = files.get(operation.from);
      if (content === undefined) throw new Error(`${operation.from} is not there to be renamed`);
      files.delete(operation.from);
      files.set(operation.to, content);
      return;
    }
    case 'read': {
      const content = files.get(operation.file) ?? new Uint8Array(0);
      reads.push(content.slice(operation.offset, operation.offset + operation.length));
      return;
    }
    case 'sync':
    case 'syncDirectory':
      return;
  }
}

function resized(content: Uint8Array, size: number): Uint8Array {
  const grown = new Uint8Array(size);
  grown.set(content.subarray(0, size));
  return grown;
}
