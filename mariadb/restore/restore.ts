import { mkdir, open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { WalRecord } from '../../client/index.ts';
import { BINLOG_MAGIC } from '../binlog/event_check.ts';
import { EVENT_TYPE } from '../binlog/event_types.ts';
import { fileName } from '../binlog/file_name.ts';
import { parseFormatDescription } from '../binlog/format_description.ts';
import { type Gtid, gtidToString, parseGtidList } from '../binlog/gtid.ts';
import { GtidState } from '../stored/gtid_state.ts';
import { type DroppedGroup, isFileHeader, type StoredUnit, unitsOf } from '../stored/units.ts';
import { fillerEvents } from './filler.ts';
import { endsAt, type Until } from './until.ts';

export interface RestoreOptions {
  /** New, or empty. */
  readonly directory: string;
  /** What the files are called: `mariadb-bin`. */
  readonly fileBase: string;
  readonly until?: Until | undefined;
  /** Told of each unit that was written. It must not throw. */
  readonly onUnit?: ((unit: StoredUnit) => void) | undefined;
}

export interface Restored {
  /** Names, in order. */
  readonly files: readonly string[];
  readonly bytes: number;
  readonly transactions: number;
  /** The LSN of the last unit; 0 when there is none. */
  readonly lastLsn: bigint;
  /** `0-1-5479`; empty when there is none. */
  readonly lastGtid: string;
  /** What a server that has replayed everything has: the transactions before the first file among them. */
  readonly state: GtidState;
  /** Transactions before the first file: a base backup must have them. */
  readonly before: readonly Gtid[];
  /** Left out: no server ended them. */
  readonly dropped: readonly DroppedGroup[];
  /** Whether `until` named something that was found. */
  readonly reachedEnd: boolean;
}

/** The directory holds something already. */
export class DirectoryNotEmptyError extends Error {
  override readonly name = 'DirectoryNotEmptyError';
}

/**
 * Writes stored records back as the binary logs of the server: byte for byte what the server's own files are once they are
 * closed, and an index file. A transaction without its end is left out; where one stands in the middle of a file, events
 * that do nothing take its place.
 *
 * @throws DirectoryNotEmptyError; SafekeeperError; BinlogError when what is stored is no binary log; what the file system says.
 */
export async function restore(records: AsyncIterable<WalRecord>, options: RestoreOptions): Promise<Restored> {
  const { directory, fileBase, until, onUnit } = options;
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new DirectoryNotEmptyError(`${directory} is not empty. Give a directory that is empty or not there yet.`);
  }
  const files: string[] = [];
  const dropped: DroppedGroup[] = [];
  const state = new GtidState();
  let before: readonly Gtid[] | undefined;
  let bytes = 0;
  let transactions = 0;
  let lastLsn = 0n;
  let lastGtid = '';
  let reachedEnd = until?.kind !== 'gtid';
  let file: LogFile | undefined;
  try {
    for await (const unit of unitsOf(records, (group) => dropped.push(group))) {
      const end = endsAt(until, unit);
      if (end === 'before') break;
      if (isFileHeader(unit)) {
        await file?.close();
        const name = fileName(fileBase, unit.fileNumber);
        file = await LogFile.create(path.join(directory, name), unit);
        files.push(name);
        bytes += BINLOG_MAGIC.byteLength;
      }
      const first = unit.events[0];
      if (first?.event.header.type === EVENT_TYPE.gtidList) {
        const known = parseGtidList(first.bytes);
        before ??= known;
        for (const gtid of known) state.add(gtid);
      }
      bytes += (await file?.write(unit)) ?? 0;
      if (unit.kind === 'group' && unit.gtid !== undefined) {
        state.add(unit.gtid);
        lastGtid = gtidToString(unit.gtid);
        transactions += 1;
      }
      if (unit.kind === 'broken' && unit.gtid !== undefined) dropped.push(brokenOf(unit));
      lastLsn = unit.lsn;
      onUnit?.(unit);
      if (end === 'after') {
        reachedEnd = true;
        break;
      }
    }
  } finally {
    await file?.close();
  }
  await writeIndex(directory, fileBase, files);
  return { files, bytes, transactions, lastLsn, lastGtid, state, before: before ?? [], dropped, reachedEnd };
}

/** One log on its way to the disk. */
class LogFile {
  readonly #file: FileHandle;
  readonly #checksumBytes: 0 | 4;
  #pieces: Uint8Array[] = [BINLOG_MAGIC];
  #pieceBytes = 0;

  private constructor(file: FileHandle, checksumBytes: 0 | 4) {
    this.#file = file;
    this.#checksumBytes = checksumBytes;
  }

  static async create(name: string, header: StoredUnit): Promise<LogFile> {
    const format = header.events[0];
    const checksumBytes = format === undefined ? 4 : parseFormatDescription(format.bytes, name).checksumBytes;
    return new LogFile(await open(name, 'wx'), checksumBytes);
  }

  /** @returns how many bytes it is. */
  async write(unit: StoredUnit): Promise<number> {
    const bytes = unit.endOffset - unit.offset;
    const first = unit.events[0];
    if (unit.kind === 'broken' && first !== undefined) {
      this.#pieces.push(fillerEvents(first.event.header, unit.offset, bytes, this.#checksumBytes));
    } else {
      for (const event of unit.events) this.#pieces.push(event.bytes);
    }
    this.#pieceBytes += bytes;
    if (this.#pieceBytes >= WRITE_BYTES) await this.#flush();
    return bytes;
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    if (this.#pieces.length > 0) await this.#file.appendFile(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}

const WRITE_BYTES = 1024 * 1024;

async function writeIndex(directory: string, fileBase: string, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const index = await open(path.join(directory, `${fileBase}.index`), 'wx');
  await index.writeFile(files.map((name) => `./${name}\n`).join(''));
  await index.sync();
  await index.close();
  // The names of the files are on disk when the directory is.
  const folder = await open(directory);
  await folder.sync();
  await folder.close();
}

function brokenOf({ fileNumber, offset, endOffset, gtid }: StoredUnit): DroppedGroup {
  return { fileNumber, offset, bytes: endOffset - offset, gtid: gtid === undefined ? '' : gtidToString(gtid) };
}
