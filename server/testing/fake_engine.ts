import type { Effect, Event, Millis, NodeStatus } from '../../engine/index.ts';
import type { Engine } from '../driver/engine.ts';

/** A node that only remembers what happened to it. */
export interface FakeNode {
  readonly events: readonly Event[];
}

/** An engine for tests: answers each event with what `react` says, and asks for the deadline that `deadline` names. */
export function fakeEngine(
  react: (event: Event, node: FakeNode) => readonly Effect[] = () => [],
  options: { deadline?: (node: FakeNode) => Millis | null; status?: Partial<NodeStatus> } = {},
): Engine<FakeNode> {
  return {
    createNode: () => ({ events: [] }),
    step(node, event) {
      const next = { events: [...node.events, event] };
      return { node: next, effects: react(event, next) };
    },
    nextDeadline: (node) => options.deadline?.(node) ?? null,
    status: () => ({ ...FAKE_STATUS, ...options.status }),
  };
}

export const FAKE_STATUS: NodeStatus = {
  phase: 'member',
  replicaId: 'safekeeper-1',
  state: 'leader',
  term: 1,
  leader: undefined,
  latestLsn: 0n,
  generation: 0,
  recordCount: 0,
  quorumSize: 2,
  peerCount: 2,
  members: [],
  replicationLagMs: 0,
  followers: [],
  openRequests: 0,
  heldRecords: 0,
  uncommittedBytes: 0,
  trouble: undefined,
};
