import { open } from 'node:fs/promises';
import { readEvents, type TornTail } from './file_reader.ts';
import { gtidToString } from './gtid.ts';
import { type CutRecord, GroupCutter } from './group_cutter.ts';

/** One file of a server's binary log. */
export interface BinaryLog {
  /** Such as `mariadb-bin.000123`. */
  readonly name: string;
  readonly path: string;
  /** 123. */
  readonly number: number;
  readonly sizeBytes: number;
}

/** The file ends inside a group: the server crashed, or is still writing. What is there of it is not given out. */
export interface OpenGroup {
  readonly kind: 'openGroup';
  /** `0-1-5479`, or empty. */
  readonly gtid: string;
  /** How many bytes of the group were held back. */
  readonly bytes: number;
}

export type CutNotice = (TornTail | OpenGroup) & { readonly log: BinaryLog };

/**
 * The records of one binary log, in order: `fe 62 69 6e` and their data, one after the other, are the closed file.
 * @param onNotice told, at the end, that something is missing there.
 * @throws BinlogError, or what the file system says.
 */
export async function* cutFile(
  log: BinaryLog,
  onNotice: (notice: CutNotice) => void = () => {},
): AsyncGenerator<CutRecord, void, undefined> {
  const file = await open(log.path);
  try {
    const cutter = new GroupCutter(log.number);
    for await (const pieces of readEvents(file, log.path, (tail) => onNotice({ ...tail, log }))) {
      for (const piece of pieces) yield* cutter.push(piece);
    }
    const group = cutter.openGroup;
    if (group !== undefined) {
      const gtid = group.gtid === undefined ? '' : gtidToString(group.gtid);
      onNotice({ kind: 'openGroup', gtid, bytes: group.pendingBytes, log });
    }
  } finally {
    await file.close();
  }
}
