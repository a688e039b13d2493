import { changeReplica } from '../draft.ts';
import type { Draft } from '../state.ts';
import type { Incarnation, PeerUrl, ReplicaId } from '../vocabulary/units.ts';
import { encodeBody } from '../wire/codec.ts';
import { encodeEnvelope } from '../wire/envelope.ts';
import type { Body, Envelope } from '../wire/message.ts';
import { contactOf } from './state.ts';

/** More than this waiting for one write of the term is a flood; the oldest is dropped, as the network might. */
const DEFERRED_MAX = 1_024;

/** Sends outside the consensus: handshakes and refusals, which promise nothing. They name the term on disk. */
export function sendPlain(d: Draft, to: PeerUrl, toIncarnation: Incarnation | undefined, body: Body): void {
  const envelope = encodeEnvelope(envelopeTo(d, toIncarnation));
  d.effects.push({ kind: 'send', to, bytes: encodeBody(envelope, d.replica.durableTerm, body) });
}

/**
 * Sends to a member it has shaken hands with; else not at all. Whatever names a term is a promise to remember it, and
 * a vote given in it: it leaves only when both are on the disk.
 */
export function sendToMember(d: Draft, replicaId: ReplicaId, body: Body): void {
  const contact = contactOf(d.identity, replicaId);
  if (contact === undefined) return;
  const { replica } = d;
  const bytes = encodeBody(contact.outgoing, replica.term, body);
  if (replica.durableTerm === replica.term && replica.durableVote === replica.votedFor) {
    d.effects.push({ kind: 'send', to: contact.url, bytes });
    return;
  }
  const kept = replica.deferred.length >= DEFERRED_MAX ? replica.deferred.slice(1) : replica.deferred;
  changeReplica(d, { deferred: [...kept, { to: contact.url, bytes }] });
}

/** What messages of this process to that one begin with. */
export function envelopeTo(d: Draft, toIncarnation: Incarnation | undefined): Envelope {
  const { identity, config } = d;
  return {
    clusterId: identity.clusterId,
    from: config.replicaId,
    fromIncarnation: identity.incarnation,
    boot: identity.boot,
    session: identity.session,
    toIncarnation,
  };
}
