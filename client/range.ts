import type { JsonObject } from './answers.ts';
import { MalformedError, ProtocolError } from './errors.ts';
import type { WalRecord } from './record.ts';
import { isU64, LSN_MAX, toU64 } from './u64.ts';

export interface RecordRange {
  /** The first LSN wanted, if there is such a record; else the next one. Default 1. */
  readonly from?: bigint | undefined;
  /** The last LSN wanted. Default: no end but that of the log. */
  readonly through?: bigint | undefined;
  /** Records to fetch at a time, 1 to 10,000. Default 1,000. */
  readonly pageSize?: number | undefined;
}

const PAGE_SIZE = 1_000;
const PAGE_SIZE_MAX = 10_000;

/**
 * Committed records in order, page after page; the next page is asked for when the one before has been taken.
 * @param readPage asks `get_wal_range` with this query.
 */
export async function* readRange(
  { from = 1n, through = LSN_MAX, pageSize = PAGE_SIZE }: RecordRange,
  readPage: (query: string[]) => Promise<JsonObject>,
): AsyncGenerator<WalRecord, void, undefined> {
  if (from < 1n || !isU64(from) || !isU64(through)) throw new MalformedError('LSNs are from 1 to 2^64−1.');
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
    throw new MalformedError(`A page has from 1 to ${PAGE_SIZE_MAX} records, not ${pageSize}.`);
  }
  for (let start: bigint | undefined = from; start !== undefined && start <= through; ) {
    const page: JsonObject = await readPage([`start_lsn=${start}`, `end_lsn=${through}`, `limit=${pageSize}`]);
    const { wals, more } = page;
    if (!Array.isArray(wals) || (more === true && wals.length === 0))
      throw new ProtocolError('The answer is no page of records.');
    for (const wal of wals) yield recordOf(wal as JsonObject);
    start = more === true ? toU64(page.next_lsn) : undefined;
  }
}

/** A record as `get_wal` and `get_wal_range` show it. */
export function recordOf(shown: JsonObject): WalRecord {
  const lsn = toU64(shown.lsn);
  if (lsn === undefined || typeof shown.wal_data !== 'string')
    throw new ProtocolError('The answer has no valid record.');
  return {
    lsn,
    data: Buffer.from(shown.wal_data, 'base64'),
    ...(typeof shown.space_id === 'number' ? { spaceId: shown.space_id } : {}),
    ...(typeof shown.page_no === 'number' ? { pageNo: shown.page_no } : {}),
  };
}
