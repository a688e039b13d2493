import { changeIdentity } from '../draft.ts';
import type { Draft, NodeState } from '../state.ts';
import type { Incarnation, PeerUrl, ReplicaId } from '../vocabulary/units.ts';
import { sendPlain } from './send.ts';

/** Greets every peer that has not answered this process yet, now and then again. */
export function greetPeers(d: Draft): void {
  if (d.now < d.identity.helloDeadline) return;
  for (const url of silentPeers(d)) sendHello(d, url, undefined, true);
  changeIdentity(d, { helloDeadline: d.now + d.config.timing.handshakeRetryMs });
}

/** Whether `silentPeers` has any. Asked after every event. */
export function hasSilentPeers(d: Draft | NodeState): boolean {
  const { contacts, peers, clusterId, membership } = d.identity;
  const isKnown = (peer: ReplicaId): boolean =>
    contacts.some((contact) => contact.replicaId === peer && (clusterId === undefined || !contact.unfounded));
  // Nearly always all members are known, and then nobody else is greeted.
  if (membership !== undefined && peers.every(isKnown)) return false;
  return silentPeers(d).length > 0;
}

/**
 * Peers, by address, that this process has not heard from. After founding the configured addresses are only a hint, and
 * a peer that has not heard of the cluster yet is greeted until it has: a greeting of its own may be an old one.
 */
export function silentPeers(d: Draft | NodeState): readonly PeerUrl[] {
  const { identity, config } = d;
  const contacts = identity.contacts.filter((contact) => identity.clusterId === undefined || !contact.unfounded);
  const heard = new Set(contacts.map((contact) => contact.url));
  const { membership } = identity;
  if (membership === undefined) return config.peerUrls.filter((url) => !heard.has(url));
  const known = new Set(contacts.map((contact) => contact.replicaId));
  const silent = membership.members.filter(
    (member) => member.replicaId !== config.replicaId && !known.has(member.replicaId),
  );
  if (silent.length === 0) return [];
  const urls = new Set([...silent.map((member) => member.url), ...config.peerUrls]);
  return [...urls].filter((url) => !heard.has(url) && url !== config.advertiseUrl);
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
