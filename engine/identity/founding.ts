import { crc32c } from '../bytes/crc32c.ts';
import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import { changeIdentity, disk, halt, observe } from '../draft.ts';
import { encodeIdentityFile } from '../journal/files/identity_file.ts';
import { appendToLog } from '../journal/log.ts';
import { IDENTITY_FILE } from '../journal/names.ts';
import { replaceFile } from '../journal/replace.ts';
import type { Membership } from '../membership/membership.ts';
import {
  clusterIdOf,
  decodeMembership,
  encodeMembership,
  foundingMembership,
  memberOf,
} from '../membership/membership.ts';
import type { Draft } from '../state.ts';
import type { Message } from '../wire/message.ts';
import { sendPlain } from './send.ts';
import { contactOf, peersIn } from './state.ts';

/**
 * Founds the cluster once every replica this one was told of has answered, each from an empty directory and with the
 * same set. Each computes the same membership from the same answers; whoever misses it adopts it from a peer.
 */
export function considerFounding(d: Draft): void {
  const { identity, config } = d;
  if (identity.foundingStep !== undefined) return;
  const peers = config.peerUrls.map((url) =>
    identity.contacts.find((contact) => contact.url === url && contact.unfounded),
  );
  const members = [{ replicaId: config.replicaId, incarnation: identity.incarnation, url: config.advertiseUrl }];
  for (const peer of peers) {
    if (peer === undefined) return;
    members.push({ replicaId: peer.replicaId, incarnation: peer.incarnation, url: peer.url });
  }
  found(d, foundingMembership(members));
}

/** A peer is founded already: this replica belongs to it if the membership names this very directory. */
export function adoptFounding(d: Draft, message: Message, payload: Uint8Array): void {
  if (d.identity.foundingStep !== undefined) return;
  let membership: Membership;
  try {
    membership = decodeMembership(payload);
  } catch (error) {
    if (error instanceof MalformedBytes) return;
    throw error;
  }
  const clusterId = clusterIdOf(membership);
  if (clusterId !== message.clusterId) return;
  const own = memberOf(membership, d.config.replicaId);
  if (own?.incarnation === d.identity.incarnation) {
    found(d, membership);
    return;
  }
  const sentence =
    own === undefined
      ? `cluster ${clusterId} was founded without ${d.config.replicaId}: its -peers are those of another cluster, or its -replica-id is not the right one`
      : `the data directory is empty, and cluster ${clusterId} was founded with another one for ${d.config.replicaId}: an empty directory cannot take the place of a lost one yet`;
  d.trouble = sentence;
  observe(d, { what: 'refused', peer: message.from, sentence });
  const sender = contactOf(d.identity, message.from);
  if (sender !== undefined)
    sendPlain(d, sender.url, message.fromIncarnation, {
      type: 'refuse',
      session: message.session,
      sentence,
    });
}

/** The membership becomes the log's first entry; once that is durable, the identity names the cluster. */
function found(d: Draft, membership: Membership): void {
  const body = encodeMembership(membership);
  appendToLog(d, [
    {
      index: 1,
      term: 0,
      kind: 'membership',
      lsn: 0n,
      generation: 0,
      spaceId: undefined,
      pageNo: undefined,
      checksum: crc32c(body),
      body,
    },
  ]);
  const peers = peersIn(membership, d.config.replicaId);
  changeIdentity(d, { membership, peers, founding: body, foundingStep: { kind: 'log' } });
}

/** Takes the founding one step further when its log entry is durable. */
export function continueFounding(d: Draft): void {
  const { identity } = d;
  if (identity.foundingStep?.kind !== 'log' || d.journal.durableIndex < 1 || identity.membership === undefined) return;
  const clusterId = clusterIdOf(identity.membership);
  const file = encodeIdentityFile({
    replicaId: d.config.replicaId,
    incarnation: identity.incarnation,
    boot: identity.boot,
    sessions: identity.sessions,
    clusterId,
  });
  const id = disk(d, replaceFile(IDENTITY_FILE, file));
  changeIdentity(d, { foundingStep: { kind: 'identity', id } });
}

/** The founding is durable: this replica is a member from now on. */
export function foundingDone(d: Draft): void {
  const { membership } = d.identity;
  if (membership === undefined) return;
  const clusterId = clusterIdOf(membership);
  // Handshakes of unfounded peers said nothing about what they hold: they are made again.
  changeIdentity(d, { clusterId, foundingStep: undefined, contacts: [], helloDeadline: d.now });
  d.phase = 'member';
  d.trouble = undefined;
  observe(d, { what: 'founded', clusterId, members: membership.members.map((member) => member.replicaId) });
}

export function foundingFailed(d: Draft, reason: string): void {
  halt(d, 'fault', `the founding could not be written (${reason}); start this replica again when the disk is well`);
}
