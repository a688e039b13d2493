import { changeIdentity } from '../draft.ts';
import type { Draft, NodeState } from '../state.ts';
import type { Incarnation, PeerUrl, ReplicaId } from '../vocabulary/units.ts';
import { sendPlain } from './send.ts';
import type { Contact, IdentityState } from './state.ts';

/** Greets every peer that has not answered this process yet, now and then again. */
export function greetPeers(d: Draft): void {
  if (d.now < d.identity.helloDeadline) return;
  for (const url of silentPeers(d)) sendHello(d, url, undefined, true);
  changeIdentity(d, { helloDeadline: d.now + d.config.timing.handshakeRetryMs });
}

/** Whether `silentPeers` has any. Asked after every event, so it makes no lists. */
export function hasSilentPeers(d: Draft | NodeState): boolean {
  const { identity, config } = d;
  const isUnheard = (url: PeerUrl): boolean => !isHeard(identity, url);
  if (identity.membership === undefined) return config.peerUrls.some(isUnheard);
  if (identity.peers.every((peer) => isKnown(identity, peer))) return false;
  return silentPeers(d).length > 0;
}

/**
 * Peers, by address, that this process has not heard from. After founding the configured addresses are only a hint, and
 * a peer that has not heard of the cluster yet is greeted until it has: a greeting of its own may be an old one.
 */
export function silentPeers(d: Draft | NodeState): readonly PeerUrl[] {
  const { identity, config } = d;
  const { membership } = identity;
  if (membership === undefined) return config.peerUrls.filter((url) => !isHeard(identity, url));
  const urls: PeerUrl[] = [];
  for (const { replicaId, url } of membership.members) {
    if (replicaId !== config.replicaId && !isKnown(identity, replicaId)) urls.push(url);
  }
  if (urls.length === 0) return urls;
  for (const url of config.peerUrls) if (!urls.includes(url)) urls.push(url);
  return urls.filter((url) => !isHeard(identity, url) && url !== config.advertiseUrl);
}

function isKnown(identity: IdentityState, peer: ReplicaId): boolean {
  return identity.contacts.some((contact) => contact.replicaId === peer && counts(identity, contact));
}

function isHeard(identity: IdentityState, url: PeerUrl): boolean {
  return identity.contacts.some((contact) => contact.url === url && counts(identity, contact));
}

/** Whether this peer has been heard from as what this replica is now: unfounded, or a member. */
function counts(identity: IdentityState, contact: Contact): boolean {
  return identity.clusterId === undefined || !contact.unfounded;
}

export function sendHello(d: Draft, to: PeerUrl, toIncarnation: Incarnation | undefined, wantsReply: boolean): void {
  const { identity, config } = d;
  sendPlain(d, to, toIncarnation, {
    type: 'hello',
    url: config.advertiseUrl,
    urls: foundingUrls(d),
    founding: identity.clusterId === undefined ? undefined : identity.founding,
    sessions: identity.sessions,
    recoveredTerm: identity.recoveredTerm,
    recoveredIndex: identity.recoveredIndex,
    wantsReply,
  });
}

/** Every replica this one was told of, itself included: all must be told the same. */
export function foundingUrls(d: Draft): readonly PeerUrl[] {
  return [...new Set([d.config.advertiseUrl, ...d.config.peerUrls])].sort();
}
