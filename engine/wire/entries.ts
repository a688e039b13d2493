import { MalformedBytes } from '../bytes/malformed_bytes.ts';
import type { ByteReader } from '../bytes/reader.ts';
import type { ByteWriter } from '../bytes/writer.ts';
import type { LogEntry } from '../journal/entry.ts';
import { frameHeaderIs } from '../journal/frame.ts';
import { ENTRY_KIND_CODES, entryKindOf, FRAME_HEADER_BYTES } from '../journal/entry.ts';
import type { Index } from '../vocabulary/units.ts';

/** Besides its body: kind, flags, term, LSN, generation, space id, page number, checksum, length. */
const ENTRY_HEADER_BYTES = 1 + 1 + 6 + 8 + 8 + 4 + 4 + 4 + 4;

/** How many bytes `writeEntries` writes. */
export function encodedEntriesBytes(entries: readonly LogEntry[]): number {
  let bytes = 4;
  for (const entry of entries) bytes += ENTRY_HEADER_BYTES + entry.body.length;
  return bytes;
}

/** Entries of consecutive indexes. A record travels as the frame that goes to the disk. */
export function writeEntries(writer: ByteWriter, entries: readonly LogEntry[]): void {
  writer.u32(entries.length);
  for (const entry of entries) {
    writer.u8(ENTRY_KIND_CODES[entry.kind]);
    writer.u8((entry.spaceId === undefined ? 0 : 1) | (entry.pageNo === undefined ? 0 : 2));
    writer.u48(entry.term);
    writer.u64(entry.lsn);
    writer.safeInteger(entry.generation);
    writer.u32(entry.spaceId ?? 0);
    writer.u32(entry.pageNo ?? 0);
    writer.u32(entry.checksum);
    writer.sizedBytes(entry.body);
  }
}

/** Throws `MalformedBytes`. The bodies are views of the message. */
export function readEntries(reader: ByteReader, firstIndex: Index): readonly LogEntry[] {
  const count = reader.u32();
  const entries: LogEntry[] = [];
  for (let i = 0; i < count; i++) {
    const kind = entryKindOf(reader.u8());
    if (kind === undefined) throw new MalformedBytes('unknown kind of entry');
    const flags = reader.u8();
    if (flags > 3) throw new MalformedBytes('unknown flags of an entry');
    const term = reader.u48();
    const lsn = reader.u64();
    const generation = reader.safeInteger();
    const spaceId = reader.u32();
    const pageNo = reader.u32();
    const checksum = reader.u32();
    const body = reader.sizedBytes();
    if (kind === 'record' && !frameHeaderIs(body, lsn, body.length - FRAME_HEADER_BYTES)) {
      throw new MalformedBytes('a record whose frame is not its own');
    }
    if ((kind === 'noop' || kind === 'generation') && body.length > 0) {
      throw new MalformedBytes(`an entry that is no record and has ${body.length} bytes`);
    }
    entries.push({
      index: firstIndex + i,
      term,
      kind,
      lsn,
      generation,
      spaceId: (flags & 1) === 0 ? undefined : spaceId,
      pageNo: (flags & 2) === 0 ? undefined : pageNo,
      checksum,
      body,
    });
  }
  return entries;
}
