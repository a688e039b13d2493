import { crc32c } from '../bytes/crc32c.ts';
import { put16, put32, put48, put64 } from '../bytes/put.ts';
import type { Generation, Index, Lsn, Term } from '../vocabulary/units.ts';
import type { EntryKind } from './entry.ts';
import { ENTRY_KIND_CODES, entryKindOf, FRAME_HEADER_BYTES } from './entry.ts';

/**
 * What the journal keeps of an entry apart from its bytes (docs/format.md). Identifiers kept apart from data tell a crash
 * from rot: Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST '18.
 */
export interface Identifier {
  readonly index: Index;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly lsn: Lsn;
  readonly generation: Generation;
  readonly spaceId: number | undefined;
  readonly pageNo: number | undefined;
  /** Where the frame begins in the segment's frames file; of no record: where the next one will. Bytes. */
  readonly offset: number;
  /** Data of a record, payload of a membership entry; bytes. */
  readonly length: number;
  readonly checksum: number;
  /** How many entries before this one went to the disk in the same write. */
  readonly positionInWrite: number;
}

export const SLOT_BYTES = 64;
export const SECTOR_BYTES = 4096;
export const SLOTS_PER_SECTOR = SECTOR_BYTES / SLOT_BYTES;
/** One sector of slots and its second copy. */
export const GROUP_BYTES = 2 * SECTOR_BYTES;
/** `positionInWrite` has 16 bits. */
export const ENTRIES_PER_WRITE_MAX = 65_535;

const HAS_SPACE_ID = 1;
const HAS_PAGE_NO = 2;
const CHECKED_BYTES = SLOT_BYTES - 4;
const TWO_32 = 0x1_0000_0000;

/** Writes one identifier's slot at `at`; the target must have 64 bytes there. */
export function encodeIdentifier(target: Uint8Array, at: number, identifier: Identifier): void {
  const { spaceId, pageNo, generation } = identifier;
  put48(target, at, identifier.index);
  put48(target, at + 6, identifier.term);
  target[at + 12] = ENTRY_KIND_CODES[identifier.kind];
  target[at + 13] = (spaceId === undefined ? 0 : HAS_SPACE_ID) | (pageNo === undefined ? 0 : HAS_PAGE_NO);
  put16(target, at + 14, identifier.positionInWrite);
  put64(target, at + 16, identifier.lsn);
  put32(target, at + 24, generation | 0);
  put32(target, at + 28, Math.floor(generation / TWO_32));
  put32(target, at + 32, spaceId ?? 0);
  put32(target, at + 36, pageNo ?? 0);
  put32(target, at + 40, 0);
  put32(target, at + 44, identifier.offset);
  put32(target, at + 48, identifier.length);
  put32(target, at + 52, identifier.checksum);
  put32(target, at + 56, 0);
  put32(target, at + 60, crc32c(target, at, at + CHECKED_BYTES));
}

/** The identifier in the slot at `at`, or undefined when it is not sound there or not that of `index`. */
export function decodeIdentifier(source: Uint8Array, at: number, index: Index): Identifier | undefined {
  if (at + SLOT_BYTES > source.length) return undefined;
  const view = new DataView(source.buffer, source.byteOffset + at, SLOT_BYTES);
  if (getUint48(view, 0) !== index) return undefined;
  const kind = entryKindOf(view.getUint8(12));
  if (kind === undefined) return undefined;
  if (view.getUint32(60, true) !== crc32c(source, at, at + CHECKED_BYTES)) return undefined;
  const flags = view.getUint8(13);
  return {
    index,
    term: getUint48(view, 6),
    kind,
    lsn: view.getBigUint64(16, true),
    generation: view.getUint32(24, true) + view.getUint32(28, true) * TWO_32,
    spaceId: (flags & HAS_SPACE_ID) === 0 ? undefined : view.getUint32(32, true),
    pageNo: (flags & HAS_PAGE_NO) === 0 ? undefined : view.getUint32(36, true),
    offset: view.getUint32(44, true),
    length: view.getUint32(48, true),
    checksum: view.getUint32(52, true),
    positionInWrite: view.getUint16(14, true),
  };
}

/** Where slot `slot` of an identifiers file is; its second copy is `SECTOR_BYTES` further. */
export function slotOffset(slot: number): number {
  return Math.floor(slot / SLOTS_PER_SECTOR) * GROUP_BYTES + (slot % SLOTS_PER_SECTOR) * SLOT_BYTES;
}

/** The size of an identifiers file with `slots` slots, both copies. */
export function identifiersFileBytes(slots: number): number {
  return slots === 0 ? 0 : slotOffset(slots - 1) + SECTOR_BYTES + SLOT_BYTES;
}

/** The identifier of `index` from whichever copy is sound. `source` begins at a group's first byte, `base` into the file. */
export function readSlot(source: Uint8Array, base: number, slot: number, index: Index): Identifier | undefined {
  const at = slotOffset(slot) - base;
  return decodeIdentifier(source, at, index) ?? decodeIdentifier(source, at + SECTOR_BYTES, index);
}

/** How many bytes of a frames file the entry takes. */
export function frameBytesOf(identifier: { readonly kind: EntryKind; readonly length: number }): number {
  return identifier.kind === 'record' ? FRAME_HEADER_BYTES + identifier.length : 0;
}

function getUint48(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint16(at + 4, true) * TWO_32;
}
