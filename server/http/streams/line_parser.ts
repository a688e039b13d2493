import type { RecordProposal } from '../../../engine/index.ts';
import type { Reading } from '../fields.ts';
import { readOneRecord } from '../record_body.ts';
import { problem, type Reply } from '../reply.ts';
import type { RecordParser } from './record_parser.ts';

const NEWLINE = 0x0a;

/** A record a line, as JSON (application/x-ndjson). Empty lines mean nothing. The last line may lack its end. */
export class LineParser implements RecordParser {
  readonly #lineBytesMax: number;
  readonly #generation: number;
  #pieces: Buffer[] = [];
  #held = 0;

  /** @param generation of records that name none. */
  constructor(lineBytesMax: number, generation: number) {
    this.#lineBytesMax = lineBytesMax;
    this.#generation = generation;
  }

  get heldBytes(): number {
    return this.#held;
  }

  push(piece: Buffer, take: (reading: Reading<RecordProposal>) => boolean): void {
    let begin = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, begin)) {
      const line = this.#completed(piece.subarray(begin, end));
      begin = end + 1;
      if (!this.#takeLine(line, take)) return;
    }
    if (begin === piece.byteLength) return;
    this.#held += piece.byteLength - begin;
    if (this.#held > this.#lineBytesMax) take({ reply: this.#tooLarge() });
    else this.#pieces.push(piece.subarray(begin));
  }

  end(take: (reading: Reading<RecordProposal>) => boolean): Reply | undefined {
    this.#takeLine(this.#completed(Buffer.alloc(0)), take);
    return undefined;
  }

  #completed(last: Buffer): Buffer {
    if (this.#held === 0) return last;
    const line = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#held = 0;
    return line;
  }

  #takeLine(line: Buffer, take: (reading: Reading<RecordProposal>) => boolean): boolean {
    if (line.byteLength > this.#lineBytesMax) return take({ reply: this.#tooLarge() });
    if (line.byteLength === 0 || (line.byteLength === 1 && line[0] === 0x0d)) return true;
    return take(readOneRecord(line, this.#generation));
  }

  #tooLarge(): Reply {
    return problem(413, 'too_large', `A line is longer than ${this.#lineBytesMax} bytes, the most that is taken.`);
  }
}
