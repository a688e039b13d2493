import type { SafekeeperClient, WalRecord } from '../../client/index.ts';
import { BINLOG_MAGIC } from '../binlog/event_check.ts';
import { endsUnit } from '../binlog/fragments.ts';
import { fromLsn, toLsn } from '../binlog/lsn.ts';
import { GtidState } from './gtid_state.ts';
import { unitsOf } from './units.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { parseGtidList } from '../binlog/gtid.ts';
import { BinlogError } from '../binlog/errors.ts';

/** What is asked of the safekeepers. */
export type StoredRecords = Pick<SafekeeperClient, 'latestLsn' | 'get' | 'records'>;

/** Where the stored log ends. */
export interface StoredEnd {
  /** Of the last record. */
  readonly latestLsn: bigint;
  readonly fileNumber: number;
  /**
   * Where the last complete unit ends, and so where a server's log is to go on. Fragments of an unfinished group may be stored
   * beyond it; they come again, the same.
   */
  readonly offset: number;
  /** Where that unit begins. */
  readonly unitOffset: number;
}

/** @returns undefined when nothing is stored. @throws SafekeeperError; BinlogError `foreign` when no binary log is stored. */
export async function findStoredEnd(stored: StoredRecords): Promise<StoredEnd | undefined> {
  const latestLsn = await stored.latestLsn();
  if (latestLsn === 0n) return undefined;
  let record = await stored.get(latestLsn);
  while (!endsUnit(record.data.byteLength)) record = await before(stored, record);
  const { fileNumber, offset } = fromLsn(record.lsn);
  let first = record;
  while (beginOf(first) > BINLOG_MAGIC.byteLength) {
    const previous = await before(stored, first);
    if (endsUnit(previous.data.byteLength)) break;
    first = previous;
  }
  return { latestLsn, fileNumber, offset, unitOffset: beginOf(first) };
}

/** The stored bytes of the unit that ends the log, in pieces. */
export async function* bytesOfLastUnit(
  stored: StoredRecords,
  end: StoredEnd,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { fileNumber, unitOffset, offset } = end;
  const from = toLsn({ fileNumber, offset: unitOffset }) + 1n;
  for await (const { data } of stored.records({ from, through: toLsn({ fileNumber, offset }) })) yield data;
}

/** The stored format description of a file: its first event. */
export async function storedFormatDescription(
  stored: StoredRecords,
  fileNumber: number,
): Promise<Uint8Array | undefined> {
  for await (const record of stored.records({ from: toLsn({ fileNumber, offset: 0 }) })) {
    return fromLsn(record.lsn).fileNumber === fileNumber ? record.data : undefined;
  }
  return undefined;
}

/**
 * Every transaction that is stored in full: read from the last file on that says what was before it. The latest may be stored
 * up to its format description only.
 * @throws BinlogError when there is no such file.
 */
export async function gtidStateAtEnd(stored: StoredRecords, { fileNumber }: StoredEnd): Promise<GtidState> {
  for (let number = fileNumber; number >= 1; number--) {
    const state = await gtidStateFrom(stored, number);
    if (state !== undefined) return state;
  }
  throw new BinlogError('foreign', 'No stored binary log begins with the list of the transactions before it.');
}

/** @returns undefined when what is stored from this file on does not begin with a list. */
async function gtidStateFrom(stored: StoredRecords, fileNumber: number): Promise<GtidState | undefined> {
  const state = new GtidState();
  let hasList = false;
  for await (const { events, kind, gtid } of unitsOf(stored.records({ from: toLsn({ fileNumber, offset: 0 }) }))) {
    const first = events[0];
    if (first?.event.header.type === EVENT_TYPE.gtidList) {
      hasList = true;
      for (const known of parseGtidList(first.bytes)) state.add(known);
    }
    if (kind === 'group' && !hasList) return undefined;
    if (kind === 'group' && gtid !== undefined) state.add(gtid);
  }
  return hasList ? state : undefined;
}

function beginOf({ lsn, data }: WalRecord): number {
  return fromLsn(lsn).offset - data.byteLength;
}

async function before(stored: StoredRecords, record: WalRecord): Promise<WalRecord> {
  const offset = beginOf(record);
  const { fileNumber } = fromLsn(record.lsn);
  if (fileNumber === 0 || offset <= BINLOG_MAGIC.byteLength) {
    throw new BinlogError(
      'foreign',
      `The record with LSN ${record.lsn} is not of a MariaDB binary log: these safekeepers hold something else. Give the connector a cluster of its own.`,
    );
  }
  return await stored.get(toLsn({ fileNumber, offset }));
}
