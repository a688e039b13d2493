import { SafekeeperError } from '../../client/index.ts';
import {
  type BinaryLog,
  BinlogError,
  type CutNotice,
  fromLsn,
  type Gtid,
  gtidToString,
  type StoredRecord,
} from '../../mariadb/binlog/index.ts';
import { formatBytes, formatCount, formatCounted, formatDuration } from './amounts.ts';
import { UsageError } from './flags.ts';
import type { SentSoFar } from './send_progress.ts';

/** What was there already, and so was not sent. */
export interface Skipped {
  readonly files: number;
  /** In the file where sending went on. */
  readonly records: number;
  readonly bytes: number;
}

export function sumOfSizes(logs: readonly BinaryLog[]): number {
  return logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** `6 binary logs, mariadb-bin.000001 to mariadb-bin.000006, 12.9 MB`. */
export function describeLogs(logs: readonly BinaryLog[], ignored: readonly string[]): string {
  const first = logs[0]?.name ?? '';
  const last = logs.at(-1)?.name ?? '';
  const names = first === last ? first : `${first} to ${last}`;
  const others = ignored.length === 0 ? '' : `; ignored: ${listing(ignored)}`;
  return `${formatCounted(logs.length, 'binary log')}, ${names}, ${formatBytes(sumOfSizes(logs))}${others}`;
}

export function describeStart(stored: StoredRecord | undefined, logs: readonly BinaryLog[]): string {
  const first = logs[0]?.name ?? 'the end';
  if (stored === undefined) return `The safekeepers hold nothing yet: beginning with ${first}.`;
  return `The safekeepers hold everything up to LSN ${stored.lsn} (${describePosition(stored.lsn)}): going on after it.`;
}

/** Only said when history begins before the first file. */
export function describeBefore(gtids: readonly Gtid[], log: BinaryLog | undefined): string {
  const names = gtids.map(gtidToString).join(', ');
  return `Earlier transactions, up to ${names}, are not in ${log?.name ?? 'these files'}: a restore needs a backup that holds them.`;
}

export function describeNotice(notice: CutNotice): string {
  const { log, bytes } = notice;
  const why = 'The server is still writing it, or a crash cut it off.';
  if (notice.kind === 'tornTail') {
    return `${log.name} ends in the middle of an event: ${formatCounted(bytes, 'byte')} from ${notice.offset} on are left out. ${why}`;
  }
  return `${log.name} ends in the middle of transaction ${notice.gtid}: ${formatCounted(bytes, 'byte')} are left out. ${why}`;
}

export function describeResult(sent: SentSoFar, skipped: Skipped): string[] {
  const seconds = Math.max(1, sent.elapsedMs) / 1_000;
  const rate = `${formatCount(Math.round(sent.records / seconds))} records/s, ${formatBytes(sent.bytes / seconds)}/s`;
  const { files, records, bytes } = skipped;
  const what = files === 0 ? '' : `${formatCounted(files, 'whole file')} and `;
  const lines = [
    `Sent       ${formatCounted(sent.records, 'record')}, ${formatBytes(sent.bytes)}, in ${formatDuration(sent.elapsedMs)} (${rate})`,
    ...(bytes === 0
      ? []
      : [`Skipped    ${what}${formatCounted(records, 'record')}, ${formatBytes(bytes)}: stored already`]),
    `Fail-overs ${sent.failOvers}`,
  ];
  if (sent.lastLsn !== undefined) {
    lines.push(`Stored     up to LSN ${sent.lastLsn} (${describePosition(sent.lastLsn)}), on a majority of disks`);
  }
  return lines;
}

/** Any failure as a sentence; what is not foreseen with its stack. */
export function describeError(error: unknown, directory: string | undefined): string {
  if (error instanceof SafekeeperError) {
    if (error.code === 'unauthorized') return `${error.message} (-api-key KEY, or SAFEKEEPER_API_KEY)`;
    if (error.code === 'gap' || error.code === 'conflict' || error.code === 'out_of_order') {
      return `${error.message} Somebody else writes to these safekeepers too.`;
    }
    return error.message;
  }
  if (!(error instanceof Error)) return String(error);
  if (error instanceof BinlogError || error instanceof UsageError) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `There is no ${directory === undefined ? 'such file' : `directory ${directory}`}: ${error.message}.`;
    case 'ENOTDIR':
      return `${directory ?? 'It'} is a file. Give the directory that holds the binary logs.`;
    case 'EACCES':
      return `No permission to read the binary logs: ${error.message}.`;
    default:
      return error.stack ?? error.message;
  }
}

function describePosition(lsn: bigint): string {
  const { fileNumber, offset } = fromLsn(lsn);
  return `binary log ${fileNumber}, position ${offset}`;
}

const NAMES_MAX = 5;

function listing(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return more > 0 ? `${names.slice(0, NAMES_MAX).join(', ')} and ${more} more` : names.join(', ');
}
