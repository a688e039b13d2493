import type { Inspection, LogEntry, NodeConfig } from '../engine/index.ts';
import type { Effect, Event } from '../engine/vocabulary/index.ts';

/** A node's state, of whatever engine: the world only hands it back. */
export type EngineNode = object;

/** What a checker needs to know of a message between replicas. */
export interface MessageFacts {
  readonly type: string;
  readonly from: string;
  readonly term: number;
  readonly granted?: boolean;
  readonly matchIndex?: number;
  /** For an account of the run; no checker needs these. */
  readonly boot?: number;
  readonly rejected?: boolean;
  readonly previousIndex?: number;
  readonly previousTerm?: number;
  readonly hintIndex?: number;
  readonly hintTerm?: number;
  readonly round?: number;
  readonly entries?: readonly LogEntry[];
  readonly commitIndex?: number;
  readonly nextTerm?: number;
  readonly lastIndex?: number;
  readonly lastTerm?: number;
  readonly transfer?: boolean;
  readonly index?: number;
  readonly entryTerm?: number;
  readonly state?: string;
  readonly sentence?: string;
}

/** The functions the world drives: the real engine's, one with a planted mistake, or a fake. */
export interface EngineUnderTest {
  createNode(config: NodeConfig, seed: number): EngineNode;
  step(node: EngineNode, event: Event): { readonly node: EngineNode; readonly effects: readonly Effect[] };
  nextDeadline(node: EngineNode): number | null;
  inspect(node: EngineNode): Inspection;
  entryAt(node: EngineNode, index: number): LogEntry | undefined;
  describeMessage(bytes: Uint8Array): MessageFacts | undefined;
}
