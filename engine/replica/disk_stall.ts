import type { Draft, NodeState } from '../state.ts';
import type { Millis } from '../vocabulary/units.ts';

/** When the disk will have kept a write of log or term waiting too long; null when none waits. */
export function stallDeadline(node: NodeState | Draft): Millis | null {
  const { logWrite } = node.journal;
  const { termWrite } = node.replica;
  const since = Math.min(logWrite?.since ?? Number.MAX_SAFE_INTEGER, termWrite?.since ?? Number.MAX_SAFE_INTEGER);
  return since === Number.MAX_SAFE_INTEGER ? null : since + node.config.timing.diskStallMs;
}

/** A replica whose disk does not answer should not lead: it would hold up every commit. */
export function diskIsStalled(node: NodeState | Draft): boolean {
  const deadline = stallDeadline(node);
  return deadline !== null && node.now >= deadline;
}
