import type { Effect, Event, Millis, NodeConfig, NodeStatus } from '../../engine/index.ts';

/**
 * What the server needs of the engine. `Node` is opaque here: the server keeps it and hands it back, and decides nothing
 * by it. A parameter rather than an import, so that the server can be tested against an engine of a few lines.
 */
export interface Engine<Node> {
  createNode(config: NodeConfig, seed: number): Node;
  step(node: Node, event: Event): { readonly node: Node; readonly effects: readonly Effect[] };
  nextDeadline(node: Node): Millis | null;
  status(node: Node): NodeStatus;
}
