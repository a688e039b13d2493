import type { RecordProposal } from '../../../engine/index.ts';
import type { Reading } from '../fields.ts';
import { malformed, problem, type Reply } from '../reply.ts';
import { FRAME_HEADER_BYTES, HAS_PAGE_NO, HAS_SPACE_ID, LENGTH_MASK } from './binary_frame.ts';
import type { RecordParser } from './record_parser.ts';

/** Records as binary frames (`binary_frame.ts`), one after the other. */
export class RecordFrameParser implements RecordParser {
  readonly #recordBytesMax: number;
  readonly #generation: number;
  #pieces: Buffer[] = [];
  #held = 0;
  /** How many bytes must be held before a look is worth while. */
  #wanted = FRAME_HEADER_BYTES;

  constructor(recordBytesMax: number, generation: number) {
    this.#recordBytesMax = recordBytesMax;
    this.#generation = generation;
  }

  get heldBytes(): number {
    return this.#held;
  }

  push(piece: Buffer, take: (reading: Reading<RecordProposal>) => boolean): void {
    let bytes = piece;
    if (this.#held > 0) {
      this.#pieces.push(piece);
      this.#held += piece.byteLength;
      if (this.#held < this.#wanted) return;
      bytes = Buffer.concat(this.#pieces, this.#held);
    }
    let at = 0;
    for (;;) {
      const left = bytes.byteLength - at;
      this.#wanted = FRAME_HEADER_BYTES;
      if (left < FRAME_HEADER_BYTES) break;
      const lengthField = bytes.readUInt32LE(at + 8);
      const length = lengthField & LENGTH_MASK;
      if (length > this.#recordBytesMax) {
        take({ reply: tooLarge(length, this.#recordBytesMax) });
        return;
      }
      const spaceBytes = (lengthField & HAS_SPACE_ID) === 0 ? 0 : 4;
      const pageBytes = (lengthField & HAS_PAGE_NO) === 0 ? 0 : 4;
      const dataAt = FRAME_HEADER_BYTES + spaceBytes + pageBytes;
      this.#wanted = dataAt + length;
      if (left < this.#wanted) break;
      const lsn = bytes.readBigUInt64LE(at);
      const data = bytes.subarray(at + dataAt, at + dataAt + length);
      const record: RecordProposal = {
        kind: 'record',
        lsn,
        data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        spaceId: spaceBytes === 0 ? undefined : bytes.readUInt32LE(at + FRAME_HEADER_BYTES),
        pageNo: pageBytes === 0 ? undefined : bytes.readUInt32LE(at + FRAME_HEADER_BYTES + spaceBytes),
        previousLsn: undefined,
        generation: this.#generation,
      };
      at += this.#wanted;
      if (
        !take(lsn === 0n ? { reply: malformed('A frame has the LSN 0; LSNs begin at 1.', 'lsn') } : { value: record })
      )
        return;
    }
    this.#held = bytes.byteLength - at;
    this.#pieces = this.#held === 0 ? [] : [bytes.subarray(at)];
  }

  end(): Reply | undefined {
    return this.#held === 0 ? undefined : malformed('The body ends in the middle of a frame.');
  }
}

function tooLarge(length: number, most: number): Reply {
  return problem(413, 'too_large', `A frame announces ${length} bytes of data; a record has at most ${most}.`);
}
