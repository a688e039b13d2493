import type { Millis, PeerUrl, ReplicaId } from './units.ts';

/** How long things may take, in milliseconds of the node's own clock. Only liveness depends on them. */
export interface Timing {
  /** A leader lets no follower go without a message for longer than this. */
  readonly heartbeatMs: Millis;
  /** A follower that hears from no leader for this long, up to twice this long (drawn at random), stands for election. */
  readonly electionTimeoutMs: Millis;
  /** How often a replica repeats its handshake to a peer that has not answered. */
  readonly handshakeRetryMs: Millis;
  /** A leader whose own log write takes longer than this steps down. */
  readonly diskStallMs: Millis;
  /** A record whose predecessor has not arrived is held no longer than this. */
  readonly heldRecordMs: Millis;
  /** A leader told to shut down hands over within this time, or gives up. */
  readonly transferMs: Millis;
}

/** Bounds on what a node keeps in memory and puts on the wire. Beyond them requests are refused, never dropped silently. */
export interface Limits {
  /** The data of one record, in bytes. */
  readonly recordBytesMax: number;
  /** Frames proposed and not yet committed, in bytes. The first record always enters. */
  readonly uncommittedBytesMax: number;
  /** Requests waiting for their answer, besides the held ones. */
  readonly openRequestsMax: number;
  /** Records held for their predecessor: how many, and the sum of their data. */
  readonly heldRecordsMax: number;
  readonly heldBytesMax: number;
  /** Frames in one append message, in bytes. The first entry always fits. */
  readonly appendBytesMax: number;
  /** Append messages with entries in flight to one follower. */
  readonly inflightAppendsMax: number;
  /** Frames in flight to one follower, in bytes. The first append always goes. */
  readonly inflightBytesMax: number;
  /** Frames in one write to the log, in bytes. The first entry always fits. */
  readonly writeBytesMax: number;
  /** Entries kept in memory behind the committed, durable end of the log: how many, and the sum of their frames. */
  readonly tailEntriesMax: number;
  readonly tailBytesMax: number;
}

export interface NodeConfig {
  readonly replicaId: ReplicaId;
  /** How peers reach this replica. */
  readonly advertiseUrl: PeerUrl;
  /** The other replicas; the founding set is these and `advertiseUrl`. After founding only a hint at addresses. */
  readonly peerUrls: readonly PeerUrl[];
  readonly timing: Timing;
  readonly limits: Limits;
  /** Frames in one segment file, in bytes, before the next is begun. 0: one record a file. At most 2^31. */
  readonly segmentBytes: number;
}

export const DEFAULT_TIMING: Timing = {
  heartbeatMs: 100,
  electionTimeoutMs: 500,
  handshakeRetryMs: 250,
  diskStallMs: 5_000,
  heldRecordMs: 5_000,
  transferMs: 1_500,
};

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Limits = {
  recordBytesMax: 16 * MIB,
  uncommittedBytesMax: 32 * MIB,
  openRequestsMax: 65_536,
  heldRecordsMax: 1_024,
  heldBytesMax: 16 * MIB,
  appendBytesMax: 1 * MIB,
  inflightAppendsMax: 16,
  inflightBytesMax: 8 * MIB,
  writeBytesMax: 4 * MIB,
  tailEntriesMax: 32_768,
  tailBytesMax: 8 * MIB,
};

export const DEFAULT_SEGMENT_BYTES = 16 * MIB;
