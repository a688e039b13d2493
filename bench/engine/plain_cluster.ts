import { createNode, nextDeadline, type NodeState, step } from '../../engine/index.ts';
import {
  type Answer,
  DEFAULT_LIMITS,
  DEFAULT_SEGMENT_BYTES,
  DEFAULT_TIMING,
  type Effect,
  type Event,
  type RequestId,
} from '../../engine/vocabulary/index.ts';
import { MemoryFiles } from './memory_files.ts';

interface PlainNode {
  state: NodeState;
  readonly files: MemoryFiles;
}

/**
 * Replicas in one process and nothing around them: each effect is carried out at once, messages are bytes, what follows
 * waits in one line. No checks, no delays, no faults: what is left is the engine.
 */
export class PlainCluster {
  now = 0;
  /** Events that engines took. */
  events = 0;
  /** Is told of every answer. */
  answered: (request: RequestId, answer: Answer) => void = () => {};
  private readonly nodes: PlainNode[] = [];
  private readonly numberOf = new Map<string, number>();
  private readonly line: { readonly node: number; readonly event: Event }[] = [];

  constructor(count: number) {
    const urls = Array.from({ length: count }, (_, number) => `http://replica-${number + 1}:8090`);
    for (const [number, url] of urls.entries()) {
      this.numberOf.set(url, number);
      const config = {
        replicaId: `replica-${number + 1}`,
        advertiseUrl: url,
        peerUrls: urls.filter((other) => other !== url),
        timing: DEFAULT_TIMING,
        limits: DEFAULT_LIMITS,
        segmentBytes: DEFAULT_SEGMENT_BYTES,
      };
      this.nodes.push({ state: createNode(config, number), files: new MemoryFiles() });
      this.post(number, { kind: 'start', now: 0, files: [], entropy: new Uint8Array(32).fill(number + 1) });
    }
  }

  post(node: number, event: Event): void {
    this.line.push({ node, event });
  }

  /** Lets everything that waits, and whatever follows from it, happen. */
  settle(): void {
    const { line } = this;
    // A line that is read from the front and thrown away whole: `shift` would move it for each event.
    for (let at = 0; at < line.length; at++) {
      const { node, event } = line[at] as (typeof line)[number];
      this.take(node, event);
      if (at >= 4096) at -= line.splice(0, at).length;
    }
    line.length = 0;
  }

  /** Time goes on; whoever wanted to be woken by then is. */
  pass(ms: number): void {
    this.now += ms;
    for (const [number, { state }] of this.nodes.entries()) {
      const deadline = nextDeadline(state);
      if (deadline !== null && deadline <= this.now) this.post(number, { kind: 'tick', now: this.now });
    }
  }

  /** The replica that leads and takes records. */
  elect(): number {
    for (let tries = 0; tries < 1_000; tries++) {
      this.settle();
      const leader = this.nodes.findIndex(({ state }) => state.replica.leadership?.termStart !== undefined);
      if (leader !== -1) return leader;
      this.pass(10);
    }
    throw new Error('no leader was elected in 10 seconds of virtual time');
  }

  private take(number: number, event: Event): void {
    const node = this.nodes[number] as PlainNode;
    this.events += 1;
    const { node: state, effects } = step(node.state, event);
    node.state = state;
    for (const effect of effects) this.carryOut(number, node, effect);
  }

  private carryOut(number: number, node: PlainNode, effect: Effect): void {
    switch (effect.kind) {
      case 'send': {
        const to = this.numberOf.get(effect.to);
        if (to !== undefined) this.post(to, { kind: 'message', now: this.now, bytes: effect.bytes });
        return;
      }
      case 'disk': {
        const reads: Uint8Array[] = [];
        for (const stage of effect.stages) for (const operation of stage) node.files.perform(operation, reads);
        this.post(number, { kind: 'diskDone', now: this.now, id: effect.id, reads });
        return;
      }
      case 'reply':
        this.answered(effect.request, effect.answer);
        return;
      case 'observe':
        return;
      case 'halt':
        throw new Error(`a replica halted: ${effect.sentence}`);
    }
  }
}
