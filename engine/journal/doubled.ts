import { crc32c } from '../bytes/crc32c.ts';
import { ByteReader } from '../bytes/reader.ts';
import { ByteWriter } from '../bytes/writer.ts';
import { SECTOR_BYTES } from './identifier.ts';

/** Small files that must not be lost to one bad sector: the same content twice, in different sectors (docs/format.md). */
export type DoubledKind = 'identity' | 'termAndVote' | 'manifest' | 'control';

const MAGIC = 0x3144_4b53;
const VERSION = 1;
const HEADER_BYTES = 12;
const KIND_CODES: Readonly<Record<DoubledKind, number>> = { identity: 1, termAndVote: 2, manifest: 3, control: 4 };

export function encodeDoubled(kind: DoubledKind, payload: Uint8Array): Uint8Array {
  const copyBytes = HEADER_BYTES + payload.length + 4;
  const second = Math.ceil(copyBytes / SECTOR_BYTES) * SECTOR_BYTES;
  const writer = new ByteWriter(copyBytes);
  writer.u32(MAGIC);
  writer.u16(KIND_CODES[kind]);
  writer.u16(VERSION);
  writer.u32(payload.length);
  writer.bytes(payload);
  const checked = writer.finish();
  const file = new Uint8Array(second + copyBytes);
  file.set(checked, 0);
  new DataView(file.buffer).setUint32(checked.length, crc32c(checked), true);
  file.copyWithin(second, 0, copyBytes);
  return file;
}

/** The payload from whichever copy is sound, or undefined when neither is. */
export function decodeDoubled(kind: DoubledKind, file: Uint8Array): Uint8Array | undefined {
  const first = decodeCopy(kind, file, 0);
  if (first !== undefined) return first;
  // The first copy's length cannot be trusted now: the second begins at one of the following sectors.
  for (let at = SECTOR_BYTES; at < file.length; at += SECTOR_BYTES) {
    const copy = decodeCopy(kind, file, at);
    if (copy !== undefined) return copy;
  }
  return undefined;
}

function decodeCopy(kind: DoubledKind, file: Uint8Array, at: number): Uint8Array | undefined {
  if (file.length - at < HEADER_BYTES + 4) return undefined;
  const reader = new ByteReader(file.subarray(at));
  if (reader.u32() !== MAGIC || reader.u16() !== KIND_CODES[kind] || reader.u16() !== VERSION) return undefined;
  const length = reader.u32();
  if (reader.remaining < length + 4) return undefined;
  const payload = reader.bytes(length);
  return reader.u32() === crc32c(file, at, at + HEADER_BYTES + length) ? payload : undefined;
}
