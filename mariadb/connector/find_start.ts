import { fileName, parseFileName } from '../binlog/file_name.ts';
import { parseEventHeader } from '../binlog/event_header.ts';
import { EventChecker } from '../binlog/event_check.ts';
import { parseFormatDescription } from '../binlog/format_description.ts';
import { toLsn } from '../binlog/lsn.ts';
import { isFileMissing, PrimaryError, READING_BINLOG_FAILED } from '../primary/errors.ts';
import { GtidState } from '../stored/gtid_state.ts';
import {
  bytesOfLastUnit,
  findStoredEnd,
  gtidStateAtEnd,
  type StoredEnd,
  storedFormatDescription,
  type StoredRecords,
} from '../stored/stored_end.ts';
import { type FileBeginning, listOf, readBeginning } from './beginning.ts';
import type { DumpSource } from './dump_source.ts';
import type { Place } from './log_session.ts';
import { ConnectorRefusal } from './refusal.ts';

/** Where the dump begins whose events are stored. */
export interface Start extends Place {
  /** Of the last stored record, when this was found out. */
  readonly latestLsn: bigint;
  readonly how: 'first' | 'baseBackup' | 'continued' | 'handedOver';
}

export interface StartOptions {
  /** What the server's files are called: `mariadb-bin`. */
  readonly fileBase: string;
  /** The file of a recorded base backup's position: history may begin with it, though the server's did earlier. */
  readonly baseBackupFile: string | undefined;
}

/**
 * Finds where the server's log goes on after what is stored, or refuses. A dump acknowledges whatever is before it, so
 * everything before the start must be stored, byte for byte the same, or be in a base backup. Asks nothing of the server
 * but dumps: other statements about its log wait for a lock that waiting commits may hold.
 *
 * @throws ConnectorRefusal `beginning`, `history`; SafekeeperError; PrimaryError.
 */
export async function findStart(stored: StoredRecords, source: DumpSource, options: StartOptions): Promise<Start> {
  const end = await findStoredEnd(stored);
  if (end === undefined) return await findFirst(source, options);
  if (end.fileNumber === 0) {
    throw new ConnectorRefusal(
      'history',
      `The safekeepers hold something else than a MariaDB log: the last record has LSN ${end.latestLsn}. Give the connector a cluster of its own.`,
    );
  }
  const file = fileName(options.fileBase, end.fileNumber);
  const beginning = await beginningOf(source, file);
  if (beginning === undefined) return await findHandOver(stored, source, options, end);
  await checkSameFile(stored, beginning, end);
  await checkLastUnit(stored, source, file, end);
  const previousLsn = toLsn(end);
  return { file, position: end.offset, previousLsn, latestLsn: end.latestLsn, how: 'continued' };
}

async function findFirst(source: DumpSource, { baseBackupFile }: StartOptions): Promise<Start> {
  const how = baseBackupFile === undefined ? 'first' : 'baseBackup';
  const beginning = await beginningOf(source, baseBackupFile ?? '');
  if (beginning === undefined) {
    throw new ConnectorRefusal(
      'beginning',
      `The server no longer has ${baseBackupFile}, the file of the base backup. Take a new base backup and give its position.`,
    );
  }
  if (baseBackupFile === undefined && beginning.before.length > 0) {
    throw new ConnectorRefusal(
      'beginning',
      `Nothing is stored yet, and the server's log begins with ${beginning.name}, after transactions up to ${listOf(beginning.before)}: they would be missing from every restore. Take a base backup (mariadb-backup) and give the position it names: -base-backup ${beginning.name}:POSITION.`,
    );
  }
  return { file: beginning.name, position: 4, previousLsn: 0n, latestLsn: 0n, how };
}

/** The server does not have the file that is stored last: a server that has taken over, or another one altogether. */
async function findHandOver(
  stored: StoredRecords,
  source: DumpSource,
  { fileBase }: StartOptions,
  end: StoredEnd,
): Promise<Start> {
  const last = fileName(fileBase, end.fileNumber);
  const next = fileName(fileBase, end.fileNumber + 1);
  const beginning = await beginningOf(source, next);
  if (beginning === undefined) {
    const first = await beginningOf(source, '');
    throw history(
      `The last stored file is number ${end.fileNumber}, and this server has neither ${last} nor ${next}; its log begins with ${first?.name ?? 'nothing'}. RESET MASTER, another server, or files purged before they were stored`,
    );
  }
  const state = await gtidStateAtEnd(stored, end);
  const found = new GtidState(beginning.before);
  if (!state.equals(found)) {
    throw history(
      `This server's log begins with ${next}, after transactions ${orNone(found)}; what is stored ends with ${orNone(state)}`,
    );
  }
  return { file: next, position: 4, previousLsn: end.latestLsn, latestLsn: end.latestLsn, how: 'handedOver' };
}

async function checkSameFile(stored: StoredRecords, beginning: FileBeginning, end: StoredEnd): Promise<void> {
  const storedFormat = await storedFormatDescription(stored, end.fileNumber);
  if (storedFormat === undefined) {
    throw history(`The beginning of file ${end.fileNumber} is not stored`);
  }
  if (Buffer.from(storedFormat).equals(beginning.formatDescription)) return;
  const expected = describeFormat(storedFormat);
  const found = describeFormat(beginning.formatDescription);
  throw history(`${beginning.name} of this server is another file: ${found}; the stored one ${expected}`);
}

/** Compares what is stored last with what the server has there, byte for byte. */
async function checkLastUnit(stored: StoredRecords, source: DumpSource, file: string, end: StoredEnd): Promise<void> {
  const where = `${file} between ${end.unitOffset} and ${end.offset}`;
  const dump = await source.open({ file, position: end.unitOffset, semiSync: false });
  try {
    const events = dump.events();
    let found = Buffer.alloc(0);
    for await (const expected of bytesOfLastUnit(stored, end)) {
      while (found.byteLength < expected.byteLength) {
        const bytes = await nextBytes(events, file, end);
        if (bytes === undefined) {
          throw history(
            `What is stored ends at ${end.offset} of ${file}, but this server's log ends before that: it lost its latest transactions, or an older copy of it was restored`,
          );
        }
        found = Buffer.concat([found, bytes]);
      }
      if (!found.subarray(0, expected.byteLength).equals(expected)) {
        throw history(`${where} has other bytes on this server than are stored`);
      }
      found = found.subarray(expected.byteLength);
    }
    if (found.byteLength > 0)
      throw history(`Position ${end.offset} of ${file} is in the middle of an event of this server`);
  } catch (error) {
    // A position behind its end, or in the middle of an event.
    if (error instanceof PrimaryError && error.code === READING_BINLOG_FAILED) {
      throw history(`This server cannot read ${where}, where what is stored ends: ${error.message}`);
    }
    throw error;
  } finally {
    dump.close();
  }
}

/** Undefined when there is nothing more, for now or in this file. */
async function nextBytes(
  events: ReturnType<Awaited<ReturnType<DumpSource['open']>>['events']>,
  file: string,
  end: StoredEnd,
): Promise<Uint8Array | undefined> {
  for (;;) {
    const next = await events.next();
    if (next.done === true || next.value.kind === 'idle') return undefined;
    if (next.value.kind === 'file' && next.value.name !== file) return undefined;
    if (next.value.kind !== 'event') continue;
    const { bytes } = next.value;
    // The format description itself may be what is stored last.
    return end.unitOffset === 4 ? new EventChecker(file).whole(bytes).bytes : bytes;
  }
}

async function beginningOf(source: DumpSource, file: string): Promise<FileBeginning | undefined> {
  if (file !== '' && parseFileName(file) === undefined) {
    throw new ConnectorRefusal('beginning', `${file} is not the name of a binary log, such as mariadb-bin.000001.`);
  }
  try {
    return await readBeginning(source, file);
  } catch (error) {
    if (isFileMissing(error)) return undefined;
    throw error;
  }
}

function describeFormat(bytes: Uint8Array): string {
  const event = Buffer.from(bytes);
  try {
    const at = new Date(parseEventHeader(event).timestamp * 1_000).toISOString();
    return `written by ${parseFormatDescription(event, 'the file').serverVersion} from ${at} on`;
  } catch (error) {
    return `has a beginning that cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

function orNone(state: GtidState): string {
  return state.isEmpty ? 'none' : state.toString();
}

function history(sentence: string): ConnectorRefusal {
  return new ConnectorRefusal(
    'history',
    `${sentence}. This server does not continue what is stored, and nothing of it was written. To make it a copy of what is stored: safekeeper mariadb takeover, or serve.`,
  );
}
