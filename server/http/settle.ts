import type { Answer, Lsn } from '../../engine/index.ts';
import type { PendingRequest } from '../driver/driver.ts';
import { noRoomFor } from './answer_bounds.ts';
import { encodedBytes, noLeader, replyFor } from './answers.ts';
import type { Call } from './call.ts';
import { FORWARDED_HEADER } from './forward.ts';
import { type Reply, success, withFields } from './reply.ts';
import type { Service } from './service.ts';

/**
 * Waits for the engine's answer and makes it a reply. When this replica does not lead, the request goes to the one that
 * does, once, with its body as it was received.
 */
export async function settle(
  service: Service,
  call: Call,
  body: Uint8Array | undefined,
  pending: PendingRequest,
): Promise<Reply> {
  call.onGone(() => pending.cancel());
  return replyTo(service, call, body, await pending.answer);
}

/**
 * The same for the records of an array, of which each follows the one before it: all are stored, or the reply says which
 * is the first that is not, and why. Those behind it are not either, or will not be answered for.
 */
export async function settleAll(
  service: Service,
  call: Call,
  body: Uint8Array,
  pendings: readonly PendingRequest[],
): Promise<Reply> {
  const cancel = (): void => {
    for (const pending of pendings) pending.cancel();
  };
  call.onGone(cancel);
  let last: Lsn | undefined;
  for (const [index, pending] of pendings.entries()) {
    const answer = await pending.answer;
    if (answer.kind !== 'stored') {
      cancel();
      const reply = await replyTo(service, call, body, answer);
      // Who led by now was asked for all of them, and answers for all of them.
      const isOurs = answer.kind !== 'notLeader';
      return isOurs ? withFields(reply, { index, last_applied_lsn: last }) : reply;
    }
    last = answer.lsn;
  }
  return success({ last_applied_lsn: last });
}

async function replyTo(service: Service, call: Call, body: Uint8Array | undefined, answer: Answer): Promise<Reply> {
  if (answer.kind !== 'notLeader') {
    return noRoomFor(encodedBytes(answer), service.answerBudget, call.outgoing) ?? replyFor(answer);
  }
  if (answer.leader === undefined) return noLeader(whyNoLeader(service));
  if (call.header(FORWARDED_HEADER) !== undefined) {
    return noLeader(
      `${service.node.status().replicaId} was taken for the leader, which is now ${answer.leader.replicaId}. ` +
        'Send it again in a moment.',
    );
  }
  return service.forward(call, body, answer.leader.url, service.answerBudget);
}

/** Why a request that needs the leader cannot be served here. */
export function whyNoLeader(service: Service): string {
  const { replicaId, trouble, quorumSize, peerCount } = service.node.status();
  if (trouble !== undefined) return `${replicaId} knows no leader: ${trouble}`;
  return (
    `${replicaId} knows no leader, so nothing was stored: ${quorumSize} of ${peerCount + 1} replicas must reach each ` +
    'other to elect one. Send it again in a moment; if this lasts, look at the other replicas.'
  );
}
