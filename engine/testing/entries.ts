import { crc32c } from '../bytes/crc32c.ts';
import type { LogEntry } from '../journal/entry.ts';
import { encodeFrame } from '../journal/frame.ts';
import type { Index, Lsn, Term } from '../vocabulary/units.ts';

/** An entry of a log: a record when there is data, else a no-op. */
export function makeEntry(at: {
  readonly index: Index;
  readonly term: Term;
  readonly lsn: Lsn;
  readonly data: Uint8Array | undefined;
  readonly spaceId?: number;
}): LogEntry {
  const { index, term, lsn, data, spaceId } = at;
  return {
    index,
    term,
    kind: data === undefined ? 'noop' : 'record',
    lsn,
    generation: 0,
    spaceId,
    pageNo: undefined,
    checksum: data === undefined ? 0 : crc32c(data),
    body: data === undefined ? new Uint8Array(0) : encodeFrame(lsn, data),
  };
}
