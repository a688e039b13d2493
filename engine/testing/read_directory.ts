import { crc32c } from '../bytes/crc32c.ts';
import { decodeManifest } from '../journal/files/manifest_file.ts';
import type { SealedSegment } from '../journal/files/manifest_file.ts';
import type { Identifier } from '../journal/identifier.ts';
import { decodeIdentifier } from '../journal/identifier.ts';

/** The log in a data directory, as docs/format.md says. */
export interface Directory {
  readonly entries: readonly { readonly identifier: Identifier; readonly data: Uint8Array | undefined }[];
  readonly sealed: readonly SealedSegment[];
  readonly wal: readonly { readonly name: string; readonly lsns: readonly bigint[] }[];
}

/**
 * Reads a directory at rest and complains about everything that is not as published: both copies of each identifier, no
 * file that belongs to nothing, frames that fill their files exactly. Written from the document, not from the engine.
 */
export function readDirectory(files: ReadonlyMap<string, Uint8Array>): Directory {
  const unclaimed = new Set([...files.keys()].filter((name) => name !== 'LOCK'));
  const claim = (name: string): Uint8Array => {
    unclaimed.delete(name);
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`${name} is missing`);
    return bytes;
  };
  claim('identity');
  claim('term-and-vote');
  const firsts: number[] = [];
  for (const name of files.keys()) {
    const match = /^identifiers\/identifiers_(\d+)$/.exec(name);
    if (match !== null) firsts.push(Number(match[1]));
  }
  firsts.sort((a, b) => a - b);
  const entries: { identifier: Identifier; data: Uint8Array | undefined }[] = [];
  const wal: { name: string; lsns: bigint[] }[] = [];
  const ends = new Map<number, { readonly last: number; readonly framesLsn: bigint; readonly framesBytes: number }>();
  for (const [position, first] of firsts.entries()) {
    if (first !== entries.length + 1) throw new Error(`segment ${first} does not follow entry ${entries.length}`);
    const bytes = claim(`identifiers/identifiers_${first}`);
    const end = firsts[position + 1] ?? Number.MAX_SAFE_INTEGER;
    const records: { identifier: Identifier; data: Uint8Array | undefined }[] = [];
    let last = first - 1;
    for (let index = first; index < end; index++) {
      const slot = index - first;
      const at = Math.floor(slot / 64) * 8192 + (slot % 64) * 64;
      const identifier = decodeIdentifier(bytes, at, index);
      const second = decodeIdentifier(bytes, at + 4096, index);
      if (JSON.stringify(identifier, plain) !== JSON.stringify(second, plain)) {
        throw new Error(`the copies of identifier ${index} differ`);
      }
      if (identifier === undefined) break;
      const entry = { identifier, data: undefined };
      if (identifier.kind === 'record') records.push(entry);
      if (identifier.kind === 'membership') claim(`control/control_${index}_${identifier.term}`);
      entries.push(entry);
      last = index;
    }
    const framesLsn = records[0]?.identifier.lsn ?? 0n;
    let at = 0;
    if (framesLsn !== 0n) {
      const name = `wal/wal_${framesLsn}`;
      const frames = claim(name);
      const view = new DataView(frames.buffer, frames.byteOffset, frames.length);
      for (const record of records) {
        const { identifier } = record;
        if (identifier.offset !== at)
          throw new Error(`entry ${identifier.index} is at ${identifier.offset}, not ${at}`);
        const lsn = view.getBigUint64(at, true);
        const length = view.getUint32(at + 8, true);
        const data = frames.subarray(at + 12, at + 12 + length);
        if (lsn === identifier.lsn && length === identifier.length && crc32c(data) === identifier.checksum) {
          record.data = data;
        }
        at += 12 + identifier.length;
      }
      if (at !== frames.length) throw new Error(`${name} has ${frames.length} bytes, its frames ${at}`);
      wal.push({ name, lsns: records.map(({ identifier }) => identifier.lsn) });
    }
    ends.set(first, { last, framesLsn, framesBytes: at });
  }
  const sealed: SealedSegment[] = [];
  for (let number = 0; files.has(`identifiers/manifest_${number}`); number++) {
    const rows = decodeManifest(claim(`identifiers/manifest_${number}`));
    if (rows === undefined) throw new Error(`manifest ${number} is damaged`);
    sealed.push(...rows);
  }
  for (const [position, row] of sealed.entries()) {
    const end = ends.get(row.firstIndex);
    const identifier = entries[row.lastIndex - 1]?.identifier;
    const records = entries.slice(0, row.lastIndex).filter((entry) => entry.identifier.kind === 'record').length;
    const terms = new Map<number, number>();
    for (const entry of entries.slice(row.firstIndex - 1, row.lastIndex)) {
      const { term, index } = entry.identifier;
      if (!terms.has(term)) terms.set(term, index);
    }
    const is = JSON.stringify(row, plain);
    const should = JSON.stringify(
      {
        firstIndex: (sealed[position - 1]?.lastIndex ?? 0) + 1,
        lastIndex: end?.last,
        framesLsn: end?.framesLsn,
        framesBytes: end?.framesBytes,
        lastLsn: identifier?.lsn,
        generation: identifier?.generation,
        recordCount: records,
        termSpans: [...terms].map(([term, firstIndex]) => ({ term, firstIndex })),
      },
      plain,
    );
    if (is !== should) throw new Error(`row ${position} of the manifest is ${is}, and should be ${should}`);
  }
  if (unclaimed.size > 0) throw new Error(`nothing knows of ${[...unclaimed].join(', ')}`);
  return { entries, sealed, wal };
}

/** JSON of objects whatever the order of their fields, with big integers as texts. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
