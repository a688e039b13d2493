import type { Inspection, LogEntry, MessageSummary, NodeConfig } from '../engine/index.ts';
import type { Effect, Event } from '../engine/vocabulary/index.ts';

/** A node's state, of whatever engine: the world only hands it back. */
export type EngineNode = object;

/** What is known of a message between replicas. Checkers need no more than a fake engine says; accounts tell the rest. */
export type MessageFacts = Pick<MessageSummary, 'type' | 'from' | 'term'> & Partial<MessageSummary>;

/** The functions the world drives: the real engine's, one with a planted mistake, or a fake. */
export interface EngineUnderTest {
  createNode(config: NodeConfig, seed: number): EngineNode;
  step(node: EngineNode, event: Event): { readonly node: EngineNode; readonly effects: readonly Effect[] };
  nextDeadline(node: EngineNode): number | null;
  inspect(node: EngineNode): Inspection;
  entryAt(node: EngineNode, index: number): LogEntry | undefined;
  /** A property, not a method: it is handed on by itself. */
  readonly describeMessage: (bytes: Uint8Array) => MessageFacts | undefined;
}
