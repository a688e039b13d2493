import { ByteReader } from '../../bytes/reader.ts';
import { ByteWriter } from '../../bytes/writer.ts';
import type { TermSpan } from '../../replica/term_spans.ts';
import type { Generation, Index, Lsn } from '../../vocabulary/units.ts';
import { decodeDoubled, encodeDoubled } from '../doubled.ts';

/** A segment that is full, synced, free of holes, and committed to its end: it never changes again. */
export interface SealedSegment {
  readonly firstIndex: Index;
  readonly lastIndex: Index;
  /** Names its frames file; 0 when it holds no record. */
  readonly framesLsn: Lsn;
  readonly framesBytes: number;
  /** In force at its end. */
  readonly lastLsn: Lsn;
  readonly generation: Generation;
  /** Records in the log up to its end. */
  readonly recordCount: number;
  /** The terms of its entries. */
  readonly termSpans: readonly TermSpan[];
}

/** Rows of one manifest file; the next file begins when it is full, so that sealing never rewrites the whole history. */
export const MANIFEST_ROWS_MAX = 512;

export function encodeManifest(rows: readonly SealedSegment[]): Uint8Array {
  const writer = new ByteWriter(64 + rows.length * 72);
  writer.u32(rows.length);
  for (const row of rows) {
    writer.u48(row.firstIndex);
    writer.u48(row.lastIndex);
    writer.u64(row.framesLsn);
    writer.u64(row.lastLsn);
    writer.u48(row.recordCount);
    writer.u32(row.framesBytes);
    writer.safeInteger(row.generation);
    writer.u16(row.termSpans.length);
    for (const span of row.termSpans) {
      writer.u48(span.term);
      writer.u48(span.firstIndex);
    }
  }
  return encodeDoubled('manifest', writer.finish());
}

/** Undefined when both copies are damaged. */
export function decodeManifest(file: Uint8Array): readonly SealedSegment[] | undefined {
  const payload = decodeDoubled('manifest', file);
  if (payload === undefined) return undefined;
  const reader = new ByteReader(payload);
  const rows: SealedSegment[] = [];
  for (let count = reader.u32(); count > 0; count--) {
    const firstIndex = reader.u48();
    const lastIndex = reader.u48();
    const framesLsn = reader.u64();
    const lastLsn = reader.u64();
    const recordCount = reader.u48();
    const framesBytes = reader.u32();
    const generation = reader.safeInteger();
    const termSpans: TermSpan[] = [];
    for (let spans = reader.u16(); spans > 0; spans--) {
      termSpans.push({ term: reader.u48(), firstIndex: reader.u48() });
    }
    rows.push({ firstIndex, lastIndex, framesLsn, framesBytes, lastLsn, generation, recordCount, termSpans });
  }
  return rows;
}
