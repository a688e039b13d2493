import { crc32c } from '../../engine/bytes/crc32c.ts';

/**
 * A reader of the files of a data directory, written from docs/format.md and from nothing else: if it and the engine
 * disagree about what is on a disk, one of the three is wrong. Only the CRC is the engine's.
 */

export type StoredKind = 'noop' | 'record' | 'generation' | 'membership';

/** One sound slot of an identifiers file. */
export interface StoredIdentifier {
  readonly index: number;
  readonly term: number;
  readonly kind: StoredKind;
  readonly positionInWrite: number;
  readonly lsn: bigint;
  readonly generation: bigint;
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
  /** Of the frame in the frames file. */
  readonly offset: number;
  readonly length: number;
  readonly checksum: number;
}

const SLOT = 64;
const SECTOR = 4096;
const KINDS: readonly (StoredKind | undefined)[] = [undefined, 'noop', 'record', 'generation', 'membership'];
export const FRAME_HEADER = 12;

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const u32 = (bytes: Uint8Array, at: number): number => (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0;
const u48 = (bytes: Uint8Array, at: number): number => u32(bytes, at) + u16(bytes, at + 4) * 0x1_0000_0000;
const u64 = (bytes: Uint8Array, at: number): bigint => BigInt(u32(bytes, at)) | (BigInt(u32(bytes, at + 4)) << 32n);

/** Where slot `slot`'s first copy begins. */
export function slotAt(slot: number): number {
  return Math.floor(slot / 64) * 2 * SECTOR + (slot % 64) * SLOT;
}

/** The first slot that a change at this offset could concern. */
export function slotNear(offset: number): number {
  const group = Math.floor(offset / (2 * SECTOR));
  return group * 64 + Math.floor((offset % SECTOR) / SLOT);
}

/** The identifier in a slot, from whichever copy is sound. */
export function readSlot(file: Uint8Array, slot: number, firstIndex: number): StoredIdentifier | undefined {
  const at = slotAt(slot);
  return readCopy(file, at, firstIndex + slot) ?? readCopy(file, at + SECTOR, firstIndex + slot);
}

function readCopy(file: Uint8Array, at: number, index: number): StoredIdentifier | undefined {
  if (at + SLOT > file.length || u48(file, at) !== index) return undefined;
  if (crc32c(file, at, at + 60) !== u32(file, at + 60)) return undefined;
  const kind = KINDS[file[at + 12] ?? 0];
  if (kind === undefined) return undefined;
  const flags = file[at + 13] ?? 0;
  return {
    index,
    term: u48(file, at + 6),
    kind,
    positionInWrite: u16(file, at + 14),
    lsn: u64(file, at + 16),
    generation: u64(file, at + 24),
    spaceId: (flags & 1) === 0 ? undefined : u32(file, at + 32),
    pageNo: (flags & 2) === 0 ? undefined : u32(file, at + 36),
    offset: u32(file, at + 44),
    length: u32(file, at + 48),
    checksum: u32(file, at + 52),
  };
}

/** Whether the frames file holds this record's frame: LSN, length, and data with the right sum. */
export function isFrameIntact(frames: Uint8Array, identifier: StoredIdentifier): boolean {
  const { offset, length, lsn, checksum } = identifier;
  const end = offset + FRAME_HEADER + length;
  if (end > frames.length || u64(frames, offset) !== lsn || u32(frames, offset + 8) !== length) return false;
  return crc32c(frames, offset + FRAME_HEADER, end) === checksum;
}

export type DoubledKind = 'identity' | 'termAndVote' | 'manifest' | 'control';
const DOUBLED_KINDS: Readonly<Record<DoubledKind, number>> = { identity: 1, termAndVote: 2, manifest: 3, control: 4 };

/** The payload of a doubled file, from whichever copy is sound. */
export function readDoubled(file: Uint8Array, kind: DoubledKind): Uint8Array | undefined {
  for (let at = 0; at < file.length; at += SECTOR) {
    if (u32(file, at) !== 0x31444b53 || u16(file, at + 4) !== DOUBLED_KINDS[kind] || u16(file, at + 6) !== 1) continue;
    const length = u32(file, at + 8);
    const end = at + 12 + length;
    if (end + 4 <= file.length && crc32c(file, at, end) === u32(file, end)) return file.subarray(at + 12, end);
  }
  return undefined;
}

export interface StoredTermAndVote {
  readonly term: number;
  /** Empty: no vote. */
  readonly vote: string;
  /** The highest start seen of each other member, by its name. */
  readonly bootsSeen: ReadonlyMap<string, number>;
  /** The entry up to which everything was noted to be synced; index 0: none. */
  readonly synced: { readonly index: number; readonly term: number };
}

export function readTermAndVote(file: Uint8Array): StoredTermAndVote | undefined {
  const payload = readDoubled(file, 'termAndVote');
  if (payload === undefined) return undefined;
  const bootsSeen = new Map<string, number>();
  let at = 8 + u16(payload, 6);
  for (let left = u16(payload, at); left > 0; left--) {
    const boot = at + 4 + u16(payload, at + 2);
    bootsSeen.set(readString(payload, at + 2), u48(payload, boot));
    at = boot + 22;
  }
  const synced = { index: u48(payload, at + 2), term: u48(payload, at + 8) };
  return { term: u48(payload, 0), vote: readString(payload, 6), bootsSeen, synced };
}

export interface StoredIdentity {
  readonly replicaId: string;
  /** 32 hexadecimal digits. */
  readonly incarnation: string;
  readonly boot: number;
  readonly clusterId: string | undefined;
}

export function readIdentity(file: Uint8Array): StoredIdentity | undefined {
  const payload = readDoubled(file, 'identity');
  if (payload === undefined) return undefined;
  const replicaId = readString(payload, 0);
  const at = 2 + u16(payload, 0);
  return {
    replicaId,
    incarnation: hex(payload.subarray(at, at + 16)),
    boot: u48(payload, at + 16),
    clusterId: payload[at + 22] === 0 ? undefined : hex(payload.subarray(at + 23, at + 39)),
  };
}

export interface ManifestRow {
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly framesLsn: bigint;
  readonly lastLsn: bigint;
  readonly records: number;
  readonly framesBytes: number;
}

export function readManifest(file: Uint8Array): ManifestRow[] | undefined {
  const payload = readDoubled(file, 'manifest');
  if (payload === undefined) return undefined;
  const rows: ManifestRow[] = [];
  let at = 4;
  for (let left = u32(payload, 0); left > 0; left--) {
    rows.push({
      firstIndex: u48(payload, at),
      lastIndex: u48(payload, at + 6),
      framesLsn: u64(payload, at + 12),
      lastLsn: u64(payload, at + 20),
      records: u48(payload, at + 28),
      framesBytes: u32(payload, at + 34),
    });
    at += 48 + u16(payload, at + 46) * 12;
  }
  return rows;
}

/** Replica ids in our runs are ASCII. */
function readString(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let count = u16(bytes, at), from = at + 2; count > 0; count--) text += String.fromCharCode(bytes[from++] ?? 0);
  return text;
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
