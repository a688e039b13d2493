import { EVENT_TYPE } from './event_types.ts';
import { type Gtid, parseGtidList } from './gtid.ts';
import type { CutRecord } from './group_cutter.ts';

/**
 * The last transactions before a file, when `record` is its GTID list; undefined for every other record. When the first
 * file there is names some, history begins before it: a restore needs a backup that holds them.
 */
export function transactionsBefore(record: CutRecord): readonly Gtid[] | undefined {
  const { kind, data } = record;
  if (kind !== 'event' || !record.endsUnit || data[4] !== EVENT_TYPE.gtidList) return undefined;
  return parseGtidList(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}
