import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer, Lsn, RecordProposal } from '../../../engine/index.ts';
import { noLeader, replyFor } from '../answers.ts';
import { BudgetShare } from '../byte_budget.ts';
import { malformed, overloaded, problem, type Reply, withFields } from '../reply.ts';
import { drainRequest, sendReply } from '../send_reply.ts';
import { writeExactJson } from '../exact_json.ts';
import type { Reading } from '../fields.ts';
import type { Service } from '../service.ts';
import type { RecordParser } from './record_parser.ts';

/** Of one stream at most so much waits for the quorum: enough to keep disks and network busy. */
const OPEN_RECORDS_MAX = 4_096;
const OPEN_BYTES_MAX = 4 * 1024 * 1024;
/** A record that began to arrive is whole within this time, or the stream is given up. */
const RECORD_TIMEOUT_MS = 30_000;
/** A stream without news says again how far it is, so that neither side takes the other for dead. */
const STILL_HERE_MS = 15_000;

export interface WriteStreamParts {
  readonly service: Service;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parser: RecordParser;
  /** The record that the first one of the stream follows, if it names none itself. */
  readonly previousLsn: Lsn | undefined;
  /** Called once, with the status that the stream was, or would have been, answered with. */
  readonly onEnd: (status: number) => void;
}

/** A record that was proposed and is not acknowledged. */
interface Open {
  readonly lsn: Lsn;
  readonly bytes: number;
  answer: Answer | undefined;
  cancel: () => void;
}

/**
 * A request whose body brings one record after another, each following the one before it, and whose response says, while
 * the body goes on, up to which LSN all of them are stored: `{"last_applied_lsn":…}`, a line for each step forward. The
 * last line is `{"status":"success", …}`, or an error; nothing behind the record that failed was stored by this stream.
 */
export class WriteStream {
  readonly #parts: WriteStreamParts;
  readonly #share: BudgetShare;
  /** In order; the first `#done` of them are acknowledged. */
  #open: Open[] = [];
  #done = 0;
  #openBytes = 0;
  #index = 0;
  #previousLsn: Lsn | undefined;
  #stored: Lsn | undefined;
  #told: Lsn | undefined;
  #isFlushPlanned = false;
  /** The body has come to its end: with this reply if something was wrong with it. */
  #bodyEnd: { readonly failure: Reply | undefined } | undefined;
  #isOver = false;
  readonly #stillHere: NodeJS.Timeout;
  #recordTimeout: NodeJS.Timeout | undefined;

  constructor(parts: WriteStreamParts) {
    this.#parts = parts;
    this.#previousLsn = parts.previousLsn;
    this.#share = new BudgetShare(parts.service.bodyLimits.budget);
    this.#stillHere = setInterval(() => this.#tell(), STILL_HERE_MS);
    this.#stillHere.unref();
    const { request, response } = parts;
    request.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone);
    response.on('drain', this.#flush).on('close', this.#onGone);
  }

  readonly #onData = (piece: Buffer): void => {
    if (this.#bodyEnd !== undefined || this.#isOver) return;
    const { parser, request } = this.#parts;
    parser.push(piece, this.#take);
    if (this.#bodyEnd !== undefined || this.#isOver) return;
    this.#share.giveBack();
    if (!this.#share.take(parser.heldBytes)) {
      this.#endBody(overloaded('Too many large requests are being read at once; send it again in a moment.'));
      return;
    }
    this.#watchHalfRecord();
    if (this.#isFull) request.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#bodyEnd !== undefined || this.#isOver) return;
    const failure = this.#parts.parser.end(this.#take);
    if (this.#bodyEnd === undefined) this.#endBody(failure);
  };

  /** The client has gone: nobody waits for what is open. */
  readonly #onGone = (): void => {
    if (this.#isOver) return;
    this.#leave(499);
  };

  readonly #take = (reading: Reading<RecordProposal>): boolean => {
    if (this.#bodyEnd !== undefined || this.#isOver) return false;
    if ('reply' in reading) {
      this.#endBody(reading.reply);
      return false;
    }
    const before = this.#open.at(-1)?.lsn ?? this.#stored;
    const record = reading.value;
    if (before !== undefined && record.lsn <= before) {
      this.#endBody(malformed(`LSN ${record.lsn} stands behind LSN ${before}: the records of a stream ascend.`, 'lsn'));
      return false;
    }
    this.#propose({ ...record, previousLsn: record.previousLsn ?? this.#previousLsn });
    return true;
  };

  #propose(record: RecordProposal): void {
    const open: Open = { lsn: record.lsn, bytes: record.data.byteLength, answer: undefined, cancel: () => undefined };
    this.#open.push(open);
    this.#openBytes += open.bytes;
    this.#previousLsn = record.lsn;
    open.cancel = this.#parts.service.node.submit(record, (answer) => {
      open.answer = answer;
      if (this.#open[this.#done] === open) this.#advance();
    });
  }

  /** Moves on over what has been answered, in order. */
  #advance(): void {
    while (!this.#isOver) {
      const first = this.#open[this.#done];
      if (first?.answer === undefined) break;
      if (first.answer.kind !== 'stored') {
        this.#finish(this.#replyTo(first.answer));
        return;
      }
      this.#stored = first.lsn;
      this.#openBytes -= first.bytes;
      this.#done += 1;
      this.#index += 1;
    }
    if (this.#done >= 512 || this.#done === this.#open.length) {
      this.#open = this.#open.slice(this.#done);
      this.#done = 0;
    }
    if (!this.#isFull) this.#parts.request.resume();
    this.#planFlush();
  }

  /** What is answered in one step of the engine makes one line. */
  #planFlush(): void {
    if (this.#isFlushPlanned || this.#isOver) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  readonly #flush = (): void => {
    if (this.#isOver) return;
    const { response } = this.#parts;
    const isAllAnswered = this.#open.length === this.#done;
    if (this.#bodyEnd !== undefined && isAllAnswered) this.#finish(this.#bodyEnd.failure);
    // What was not taken yet says less than what can be said later.
    else if (this.#stored !== this.#told && !response.writableNeedDrain) this.#tell();
  };

  #tell(): void {
    if (this.#isOver) return;
    this.#told = this.#stored;
    this.#begin();
    this.#parts.response.write(this.#stored === undefined ? '\n' : `{"last_applied_lsn":${this.#stored}}\n`);
  }

  #begin(): void {
    const { response } = this.#parts;
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  }

  /** No record comes any more. What came before is still answered. */
  #endBody(failure: Reply | undefined): void {
    this.#bodyEnd = { failure };
    clearTimeout(this.#recordTimeout);
    this.#share.giveBack();
    this.#planFlush();
  }

  #finish(failure: Reply | undefined): void {
    const { request, response } = this.#parts;
    const lastApplied = { last_applied_lsn: this.#stored };
    const reply = failure && withFields(failure, { index: this.#index, ...lastApplied });
    const isFirstWord = !response.headersSent;
    this.#leave(reply?.status ?? 200);
    if (reply !== undefined && isFirstWord) {
      sendReply(request, response, reply);
      return;
    }
    this.#begin();
    response.end(`${reply?.body ?? writeExactJson({ status: 'success', ...lastApplied })}\n`);
    drainRequest(request);
  }

  /** Nothing is said or heard any more. */
  #leave(status: number): void {
    this.#isOver = true;
    clearInterval(this.#stillHere);
    clearTimeout(this.#recordTimeout);
    this.#share.giveBack();
    const { request, response, onEnd } = this.#parts;
    request.off('data', this.#onData).off('end', this.#onEnd);
    response.off('drain', this.#flush);
    for (const open of this.#open.slice(this.#done)) if (open.answer === undefined) open.cancel();
    this.#open = [];
    this.#done = 0;
    onEnd(status);
  }

  #replyTo(answer: Answer): Reply {
    if (answer.kind !== 'notLeader') return replyFor(answer);
    const { replicaId } = this.#parts.service.node.status();
    const successor = answer.leader === undefined ? '' : `, ${answer.leader.replicaId} does`;
    return noLeader(`${replicaId} does not lead any more${successor}: go on behind last_applied_lsn.`);
  }

  get #isFull(): boolean {
    return this.#open.length - this.#done >= OPEN_RECORDS_MAX || this.#openBytes >= OPEN_BYTES_MAX;
  }

  #watchHalfRecord(): void {
    clearTimeout(this.#recordTimeout);
    this.#recordTimeout = undefined;
    if (this.#parts.parser.heldBytes === 0) return;
    this.#recordTimeout = setTimeout(() => {
      this.#endBody(problem(408, 'timeout', 'A record did not arrive whole within 30 seconds.'));
    }, RECORD_TIMEOUT_MS);
    this.#recordTimeout.unref();
  }
}
