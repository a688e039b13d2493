import type { Configuration } from '../membership/configuration.ts';
import { isVoter } from '../membership/configuration.ts';
import type { Draft, NodeState } from '../state.ts';
import type { ReplicaId } from '../vocabulary/units.ts';

const NOBODY: Configuration = { voters: [], outgoing: [], learners: [] };

/** The configuration in force. */
export function configurationOf(node: NodeState | Draft): Configuration {
  return node.identity.membership?.configuration ?? NOBODY;
}

/** Every member but this one. */
export function peersOf(node: NodeState | Draft): readonly ReplicaId[] {
  return node.identity.peers;
}

export function votes(node: NodeState | Draft): boolean {
  return isVoter(configurationOf(node), node.config.replicaId);
}
