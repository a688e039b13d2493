import { BinlogError } from '../binlog/errors.ts';
import { EventChecker } from '../binlog/event_check.ts';
import { parseFileName } from '../binlog/file_name.ts';
import { parseFormatDescription } from '../binlog/format_description.ts';
import { type CutRecord, GroupCutter } from '../binlog/group_cutter.ts';
import { toLsn } from '../binlog/lsn.ts';

/** What an event of the dump gives. */
export interface Cut {
  /** What is certain with it. */
  readonly records: readonly CutRecord[];
  /** `file number × 2^32 + end` of the event. */
  readonly lsn: bigint;
}

/** Cuts what a dump brings into records, file after file, as `cutFile` cuts the files themselves. */
export class FileCutter {
  #name = '';
  #number = 0;
  #check: EventChecker | undefined;
  #cutter: GroupCutter | undefined;
  #position = 0;

  /** The file whose events come: `mariadb-bin.000007`. */
  get file(): string {
    return this.#name;
  }

  get fileNumber(): number {
    return this.#number;
  }

  /** Where the next event begins. */
  get position(): number {
    return this.#check?.offset ?? this.#position;
  }

  /** Another file begins, or the first one in its middle. @throws BinlogError `foreign` when its name has no number. */
  begin(name: string, position: number): void {
    const parsed = parseFileName(name);
    if (parsed === undefined) {
      throw new BinlogError('foreign', `The server's log file is called "${name}", without a number of six digits.`);
    }
    // Said again in the middle of a file, as a server does when it answers: nothing new.
    if (name === this.#name && position === this.position) return;
    this.#name = name;
    this.#number = parsed.number;
    this.#position = position;
    this.#cutter = new GroupCutter(parsed.number);
    this.#check = position === 4 ? new EventChecker(name) : undefined;
  }

  /** What events of this file look like, when the dump begins in its middle. @throws BinlogError */
  format(formatDescription: Buffer): void {
    const { checksumBytes } = parseFormatDescription(formatDescription, this.#name);
    this.#check ??= new EventChecker(this.#name, this.#position, checksumBytes);
  }

  /** @throws BinlogError when the event is not what follows; RangeError when the file grew beyond 4 GiB. */
  push(bytes: Buffer): Cut {
    if (this.#check === undefined || this.#cutter === undefined) {
      throw new BinlogError('foreign', 'The server sent an event before it said which file it is of.');
    }
    const piece = this.#check.whole(bytes);
    const records = this.#cutter.push(piece);
    return { records, lsn: toLsn({ fileNumber: this.#number, offset: this.#check.offset }) };
  }
}
