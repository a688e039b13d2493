import { EVENT_TYPE } from '../binlog/event_types.ts';
import { EventChecker } from '../binlog/event_check.ts';
import { parseFileName } from '../binlog/file_name.ts';
import { type Gtid, gtidToString, parseGtidList } from '../binlog/gtid.ts';
import { PrimaryError, READING_BINLOG_FAILED } from '../primary/errors.ts';
import type { DumpSource } from './dump_source.ts';

/** What the first two events of a server's file say. */
export interface FileBeginning {
  /** `mariadb-bin.000007`. */
  readonly name: string;
  readonly number: number;
  /** The first event, with its flag "in use" cleared. */
  readonly formatDescription: Uint8Array;
  /** The last transactions before the file, of each domain and server. */
  readonly before: readonly Gtid[];
}

/**
 * Reads the beginning of one of the server's files, without semi-synchronous replication: nothing is acknowledged by it.
 * @param file empty: the first one there is.
 * @throws PrimaryError: `isFileMissing` when the server does not have it.
 */
export async function readBeginning(source: DumpSource, file: string): Promise<FileBeginning> {
  const dump = await source.open({ file, position: 4, semiSync: false });
  try {
    let name = file;
    let formatDescription: Uint8Array | undefined;
    let check = new EventChecker(file);
    for await (const event of dump.events()) {
      if (event.kind === 'file') {
        name = event.name;
        check = new EventChecker(name);
        if (formatDescription !== undefined) break;
      }
      if (event.kind === 'idle') break;
      if (event.kind !== 'event') continue;
      const { event: parsed, bytes } = check.whole(event.bytes);
      if (formatDescription === undefined) formatDescription = Buffer.from(bytes);
      else if (parsed.header.type === EVENT_TYPE.gtidList) {
        return {
          name,
          number: parseFileName(name)?.number ?? 0,
          formatDescription,
          before: parseGtidList(Buffer.from(bytes)),
        };
      } else break;
    }
    throw new PrimaryError(
      READING_BINLOG_FAILED,
      `The beginning of ${name} is not what MariaDB writes: no list of GTIDs.`,
    );
  } finally {
    dump.close();
  }
}

export function listOf(gtids: readonly Gtid[]): string {
  return gtids.map(gtidToString).join(',');
}
