import { BINLOG_MAGIC } from '../binlog/event_check.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { type Gtid, gtidToString, parseGtidList } from '../binlog/gtid.ts';
import { fromLsn, toLsn } from '../binlog/lsn.ts';
import { UnitReader } from '../stored/units.ts';
import { type ReplicaPosition, UnservableError } from './replica_position.ts';
import type { StoredLog } from './stored_log.ts';

/** Where a file begins in the history. */
export interface FileStart {
  readonly fileNumber: number;
  /** The last transactions before it. */
  readonly before: readonly Gtid[];
}

/**
 * The last file that begins no later than what a replica has: everything it lacks is in there, or later.
 * @returns undefined when nothing is stored. @throws UnservableError when the log begins too late.
 */
export async function findFile(log: StoredLog, position: ReplicaPosition): Promise<FileStart | undefined> {
  const latest = await log.latestLsn();
  if (latest === 0n) return undefined;
  let earliest: FileStart | undefined;
  const last = fromLsn(latest).fileNumber;
  for (let number = last; number >= 1; number--) {
    const start = await startOf(log, number);
    if (start === undefined) {
      // The latest may be stored up to its format description only.
      if (number === last) continue;
      // Files are stored without a hole: what is before was dropped, or never stored.
      break;
    }
    if (position.covers(start.before)) return start;
    earliest = start;
  }
  throw new UnservableError(
    `The stored log begins after ${(earliest?.before ?? []).map(gtidToString).join(',')}, and the replica does not have that. Restore a base backup into it first.`,
  );
}

/** @returns undefined when the file is not stored from its beginning. */
async function startOf(log: StoredLog, fileNumber: number): Promise<FileStart | undefined> {
  const reader = new UnitReader();
  let isBegun = false;
  for await (const record of log.records(toLsn({ fileNumber, offset: 0 }))) {
    const at = fromLsn(record.lsn);
    if (at.fileNumber !== fileNumber) return undefined;
    if (!isBegun && at.offset - record.data.byteLength !== BINLOG_MAGIC.byteLength) return undefined;
    isBegun = true;
    const unit = reader.push(record);
    const first = unit?.events[0];
    if (first?.event.header.type === EVENT_TYPE.formatDescription) continue;
    if (first?.event.header.type === EVENT_TYPE.gtidList) return { fileNumber, before: parseGtidList(first.bytes) };
    return undefined;
  }
  return undefined;
}
