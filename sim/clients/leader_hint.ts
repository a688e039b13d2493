import type { Answer } from '../../engine/vocabulary/index.ts';
import type { ClientHost } from './client_host.ts';

/** The replica that an answer names as the leader. */
export function leaderHint(host: ClientHost, answer: Answer | undefined): number | undefined {
  return answer?.kind === 'notLeader' && answer.leader !== undefined ? host.replicaAt(answer.leader.url) : undefined;
}
