import type { ServerResponse } from 'node:http';
import type { Lsn } from '../../../engine/index.ts';
import { takeRoom, TOO_MUCH_WAITS } from '../answer_bounds.ts';
import { replyFor } from '../answers.ts';
import { overloaded, type Reply } from '../reply.ts';
import type { Service } from '../service.ts';
import type { Listener, News } from './commit_feed.ts';
import type { RecordEncoder } from './record_encoder.ts';

/** What all listeners together may lag behind the feed; who lags more than its share reads for itself. */
const BEHIND_BYTES_MAX = 16 * 1024 * 1024;
/** A page for a reader that reads for itself. */
const PAGE = { countMax: 20_000, bytesMax: 1024 * 1024 } as const;

export interface FollowStreamParts {
  readonly service: Service;
  readonly response: ServerResponse;
  readonly encoder: RecordEncoder;
  /** The first and the last LSN wanted. */
  readonly from: Lsn;
  readonly through: Lsn;
  /** Called once, with the status that the stream was answered with, or would have been. */
  readonly onEnd: (status: number) => void;
}

/**
 * A response that brings committed records in order, and goes on as more are committed. A reader that is behind is read to
 * page by page, as fast as it takes them; one that has everything listens to the feed.
 */
export class FollowStream implements Listener {
  readonly #parts: FollowStreamParts;
  /** Everything up to here was written. */
  #position: Lsn;
  #isOver = false;
  /** Its turn to read has not come yet: what takes it out of the queue. */
  #givesUpTurn: (() => void) | undefined;

  constructor(parts: FollowStreamParts) {
    this.#parts = parts;
    this.#position = parts.from - 1n;
    parts.response.on('close', () => this.#leave(499));
    void this.#readOn();
  }

  tell(news: News): void {
    const { records, throughLsn } = news;
    const { encoder, response, service, through } = this.#parts;
    if (response.writableLength > BEHIND_BYTES_MAX / service.feed.listenerCount) {
      this.#fallBehind();
      return;
    }
    const first = records.findIndex(({ lsn }) => lsn > this.#position);
    if (first >= 0) {
      const { bytes, offsets } = news.bytesFor(encoder);
      const behind = records.findIndex(({ lsn }) => lsn > through);
      const end = behind < 0 ? bytes.byteLength : offsets[behind];
      response.write(bytes.subarray(offsets[first], end));
    }
    if (throughLsn > this.#position) this.#position = throughLsn;
    if (this.#position >= through) this.#complete();
  }

  stillHere(latestLsn: Lsn): void {
    const { response, encoder } = this.#parts;
    if (!response.writableNeedDrain) response.write(encoder.latest(latestLsn));
  }

  readYourself(): void {
    void this.#readOn();
  }

  end(): void {
    this.#finish();
  }

  /** What was written waits for the reader: it is told no more until that has left. */
  #fallBehind(): void {
    const { response, service } = this.#parts;
    service.feed.leave(this);
    const release = takeRoom(response.writableLength, service.answerBudget, response);
    if (release === undefined) {
      this.#finish(TOO_MUCH_WAITS);
      return;
    }
    void this.#drained(release).then(() => this.#readOn());
  }

  async #drained(release: () => void): Promise<void> {
    const { response } = this.#parts;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
    release();
  }

  async #readOn(): Promise<void> {
    const { service, through } = this.#parts;
    while (!this.#isOver) {
      const done = await service.reads.turn({ onGone: (listener) => (this.#givesUpTurn = listener) });
      this.#givesUpTurn = undefined;
      if (this.#isOver) {
        done?.();
        return;
      }
      if (done === undefined) return this.#finish(overloaded('Too many reads wait; send it again in a moment.'));
      const query = { kind: 'range', from: this.#position + 1n, through, ...PAGE } as const;
      const pending = service.node.read(query, 'local');
      void pending.answer.finally(done);
      const answer = await pending.answer;
      if (this.#isOver) return;
      if (answer.kind === 'notLeader') throw new Error('a local read needs no leader');
      if (answer.kind !== 'range') return this.#finish(replyFor(answer));
      const { records, more, latestLsn } = answer;
      const wasWritten = await this.#write(records);
      if (!wasWritten) return;
      this.#position = more ? (records.at(-1)?.lsn ?? this.#position) : maximum(this.#position, latestLsn);
      if (this.#position >= through) return this.#complete();
      if (more || !service.feed.join(this, latestLsn)) continue;
      this.#begin();
      return;
    }
  }

  /** Writes the records and waits until they have left; false: the stream is over. */
  async #write(records: Parameters<RecordEncoder['encode']>[0]): Promise<boolean> {
    if (records.length === 0) return true;
    const { service, response, encoder } = this.#parts;
    const { bytes } = encoder.encode(records);
    const release = takeRoom(bytes.byteLength, service.answerBudget, response);
    if (release === undefined) {
      this.#finish(TOO_MUCH_WAITS);
      return false;
    }
    this.#begin();
    if (response.write(bytes)) release();
    else await this.#drained(release);
    return !this.#isOver;
  }

  /** All that was wanted has been brought; said, because a replica that stops ends its streams in order, too. */
  #complete(): void {
    const { response, encoder } = this.#parts;
    this.#begin();
    response.write(encoder.latest(this.#position));
    this.#finish();
  }

  #begin(): void {
    const { response, encoder } = this.#parts;
    if (response.headersSent) return;
    response.writeHead(200, { 'content-type': encoder.contentType });
    response.flushHeaders();
  }

  #finish(failure?: Reply): void {
    if (this.#isOver) return;
    const { response, encoder } = this.#parts;
    this.#leave(failure?.status ?? 200);
    if (failure !== undefined && !response.headersSent) {
      response.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers }).end(failure.body);
      return;
    }
    this.#begin();
    // In frames there is no place for a sentence; the connection is broken off instead of ending in order.
    if (failure === undefined) response.end();
    else if (encoder.contentType === 'application/x-ndjson') response.end(`${failure.body}\n`);
    else response.destroy();
  }

  #leave(status: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#givesUpTurn?.();
    this.#parts.service.feed.leave(this);
    this.#parts.onEnd(status);
  }
}

function maximum(one: Lsn, other: Lsn): Lsn {
  return one > other ? one : other;
}
