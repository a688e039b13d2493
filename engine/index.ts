/** The pure engine: see docs/architecture.md. */
export { createNode, nextDeadline, step } from './step.ts';
export { entryAt, inspect, status } from './inspect.ts';
export type { FollowerStatus, Inspection, NodeStatus, Phase } from './inspect_types.ts';
export type { NodeState } from './state.ts';
export type { EntryKind, LogEntry } from './journal/entry.ts';
export type { MessageSummary } from './wire/describe.ts';
export { describeMessage } from './wire/describe.ts';
export * from './vocabulary/index.ts';
