import { fromHex, toHex } from '../../bytes/hex.ts';
import { ByteReader } from '../../bytes/reader.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import type { ClusterId, Incarnation, ReplicaId } from '../../vocabulary/units.ts';
import { decodeDoubled, encodeDoubled } from '../doubled.ts';

/** So many starts a directory remembers. */
export const STARTS_KEPT = 64;

/** Which replica's directory this is, how often it was started, and which cluster it was founded with. */
export interface IdentityFile {
  readonly replicaId: ReplicaId;
  readonly incarnation: Incarnation;
  readonly boot: number;
  /**
   * What each of the latest starts drew, at most `STARTS_KEPT`, the last one's at the end. Who knows of a start that
   * is not among them knows another history than this directory's.
   */
  readonly sessions: readonly number[];
  readonly clusterId: ClusterId | undefined;
}

export function encodeIdentityFile(identity: IdentityFile): Uint8Array {
  const writer = new ByteWriter(96);
  writer.string(identity.replicaId);
  writer.bytes(fromHex(identity.incarnation));
  writer.u48(identity.boot);
  writer.u8(identity.clusterId === undefined ? 0 : 1);
  if (identity.clusterId !== undefined) writer.bytes(fromHex(identity.clusterId));
  writer.u16(identity.sessions.length);
  for (const session of identity.sessions) writer.u48(session);
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
  const sessions: number[] = [];
  // Directories of version 0.1.0 remember no starts.
  for (let count = reader.remaining === 0 ? 0 : reader.u16(); count > 0; count--) sessions.push(reader.u48());
  return { replicaId, incarnation, boot, sessions, clusterId };
}
