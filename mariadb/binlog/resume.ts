import { type BinaryLog, type CutNotice, cutFile } from './cut_file.ts';
import { BinlogError } from './errors.ts';
import { EVENT_HEADER_BYTES } from './event_header.ts';
import { EVENT_TYPE } from './event_types.ts';
import type { CutRecord } from './group_cutter.ts';
import { fromLsn } from './lsn.ts';

/** The last record that is stored. */
export interface StoredRecord {
  readonly lsn: bigint;
  readonly data: Uint8Array;
}

/** Where to go on: in `logs[0]`, after the stored record if that is in this file, else at its beginning. */
export interface Continuation {
  /** The files that are not stored in full, in order; may be empty. */
  readonly logs: readonly BinaryLog[];
  /** The stored record, when it is in `logs[0]`. */
  readonly after: StoredRecord | undefined;
}

/**
 * Finds where these files continue what is stored.
 * @param stored the last stored record; undefined when there is none: then history begins with the first file.
 * @throws BinlogError `history` when they do not continue it.
 */
export function continueAfter(logs: readonly BinaryLog[], stored: StoredRecord | undefined): Continuation {
  const first = logs[0];
  const last = logs.at(-1);
  if (stored === undefined || first === undefined || last === undefined) return { logs, after: undefined };
  const { fileNumber, offset } = fromLsn(stored.lsn);
  const position = `file ${fileNumber}, position ${offset}`;
  if (fileNumber === 0) {
    throw history(`The last stored record has LSN ${stored.lsn}, which no binary log gives.`);
  }
  if (fileNumber === first.number - 1 && endsFile(stored.data)) return { logs, after: undefined };
  if (fileNumber < first.number) {
    throw history(`The last stored record is at ${position}, but the first file here is ${first.name}.`);
  }
  if (fileNumber > last.number) {
    throw history(`The last stored record is at ${position}, but the last file here is ${last.name}.`);
  }
  const rest = logs.filter((log) => log.number >= fileNumber);
  const here = rest[0];
  if (here !== undefined && offset > here.sizeBytes) {
    throw history(`The last stored record is at ${position}, but ${here.name} has ${here.sizeBytes} bytes only.`);
  }
  return { logs: rest, after: stored };
}

export interface ResumeHooks {
  /** A record that is stored already, in the file where it goes on. */
  readonly onSkipped?: ((record: CutRecord) => void) | undefined;
  readonly onNotice?: ((notice: CutNotice) => void) | undefined;
}

/**
 * The records that follow, over all files.
 * @throws BinlogError `history` when the stored record is not one of the file's, or has other bytes there; what `cutFile`
 * throws.
 */
export async function* recordsOf(
  { logs, after }: Continuation,
  { onSkipped, onNotice }: ResumeHooks = {},
): AsyncGenerator<CutRecord, void, undefined> {
  let pending = after;
  let lastLsn = 0n;
  for (const log of logs) {
    for await (const record of cutFile(log, onNotice)) {
      if (pending === undefined) {
        yield record;
        continue;
      }
      if (record.lsn > pending.lsn) throw notBetween(log, pending, lastLsn, record.lsn);
      lastLsn = record.lsn;
      onSkipped?.(record);
      if (record.lsn < pending.lsn) continue;
      if (!Buffer.from(record.data).equals(pending.data)) {
        const { offset } = fromLsn(record.lsn);
        throw history(`The record that ends at position ${offset} of ${log.name} is stored with other bytes.`);
      }
      pending = undefined;
    }
    if (pending !== undefined) throw notBetween(log, pending, lastLsn, undefined);
  }
}

/** Rotate and Stop close a file, so that nothing of it is missing. */
function endsFile(data: Uint8Array): boolean {
  const type = data.byteLength < EVENT_HEADER_BYTES ? undefined : data[4];
  return type === EVENT_TYPE.rotate || type === EVENT_TYPE.stop;
}

function notBetween(log: BinaryLog, stored: StoredRecord, before: bigint, after: bigint | undefined): BinlogError {
  const { offset } = fromLsn(stored.lsn);
  const found =
    after === undefined
      ? `the last one there ends at ${fromLsn(before).offset}`
      : `records there end at ${fromLsn(before).offset} and then at ${fromLsn(after).offset}`;
  return history(`Expected a record of ${log.name} that ends at ${offset}, as the last stored one does; ${found}.`);
}

function history(sentence: string): BinlogError {
  return new BinlogError('history', `${sentence} These files do not continue what is stored: another server's log?`);
}
