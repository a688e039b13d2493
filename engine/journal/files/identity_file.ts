import { fromHex, toHex } from '../../bytes/hex.ts';
import { ByteReader } from '../../bytes/reader.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import type { ClusterId, Incarnation, ReplicaId } from '../../vocabulary/units.ts';
import { decodeDoubled, encodeDoubled } from '../doubled.ts';

/** Which replica's directory this is, how often it was started, and which cluster it was founded with. */
export interface IdentityFile {
  readonly replicaId: ReplicaId;
  readonly incarnation: Incarnation;
  readonly boot: number;
  readonly clusterId: ClusterId | undefined;
}

export function encodeIdentityFile(identity: IdentityFile): Uint8Array {
  const writer = new ByteWriter(96);
  writer.string(identity.replicaId);
  writer.bytes(fromHex(identity.incarnation));
  writer.u48(identity.boot);
  writer.u8(identity.clusterId === undefined ? 0 : 1);
  if (identity.clusterId !== undefined) writer.bytes(fromHex(identity.clusterId));
  return encodeDoubled('identity', writer.finish());
}

/** Undefined when both copies are damaged. */
export function decodeIdentityFile(file: Uint8Array): IdentityFile | undefined {
  const payload = decodeDoubled('identity', file);
  if (payload === undefined) return undefined;
  const reader = new ByteReader(payload);
  const replicaId = reader.string();
  const incarnation = toHex(reader.bytes(16));
  const boot = reader.u48();
  const clusterId = reader.u8() === 0 ? undefined : toHex(reader.bytes(16));
  return { replicaId, incarnation, boot, clusterId };
}
