import { hash128 } from '../bytes/hash128.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import type { ClusterId, Incarnation, PeerUrl, ReplicaId } from '../vocabulary/units.ts';
import type { Configuration } from './configuration.ts';

/** A member is a disk under a name: a replica that lost its directory is not the one that promised. */
export interface Member {
  readonly replicaId: ReplicaId;
  readonly incarnation: Incarnation;
  readonly url: PeerUrl;
}

/** Who belongs to the cluster, and who of them votes. The payload of a membership entry. */
export interface Membership {
  readonly version: number;
  readonly configuration: Configuration;
  /** Ascending by replica id. */
  readonly members: readonly Member[];
}

const INCARNATION_BYTES = 16;

/** The membership everybody founds the cluster with, whatever order the members are named in. */
export function foundingMembership(members: readonly Member[]): Membership {
  const sorted = [...members].sort((a, b) => (a.replicaId < b.replicaId ? -1 : a.replicaId > b.replicaId ? 1 : 0));
  return {
    version: 1,
    configuration: { voters: sorted.map((member) => member.replicaId), outgoing: [], learners: [] },
    members: sorted,
  };
}

/** The cluster's id is the hash of its founding membership. */
export function clusterIdOf(founding: Membership): ClusterId {
  return toHex(hash128(encodeMembership(founding)));
}

export function memberOf(membership: Membership, replicaId: ReplicaId): Member | undefined {
  return membership.members.find((member) => member.replicaId === replicaId);
}

export function encodeMembership(membership: Membership): Uint8Array {
  const writer = new ByteWriter(256);
  writer.u48(membership.version);
  for (const ids of [
    membership.configuration.voters,
    membership.configuration.outgoing,
    membership.configuration.learners,
  ]) {
    writer.u16(ids.length);
    for (const id of ids) writer.string(id);
  }
  writer.u16(membership.members.length);
  for (const member of membership.members) {
    writer.string(member.replicaId);
    writer.bytes(fromHex(member.incarnation));
    writer.string(member.url);
  }
  return writer.finish();
}

/** Throws `MalformedBytes`. */
export function decodeMembership(bytes: Uint8Array): Membership {
  const reader = new ByteReader(bytes);
  const version = reader.u48();
  const voters = readIds(reader);
  const outgoing = readIds(reader);
  const learners = readIds(reader);
  const members: Member[] = [];
  for (let count = reader.u16(); count > 0; count--) {
    members.push({
      replicaId: reader.string(),
      incarnation: toHex(reader.bytes(INCARNATION_BYTES)),
      url: reader.string(),
    });
  }
  reader.expectEnd();
  return { version, configuration: { voters, outgoing, learners }, members };
}

function readIds(reader: ByteReader): ReplicaId[] {
  const ids: ReplicaId[] = [];
  for (let count = reader.u16(); count > 0; count--) ids.push(reader.string());
  return ids;
}
