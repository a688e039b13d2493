/**
 * What went wrong, as a stable word. `conflict`, `out_of_order`, `gap` and `fenced` are the cluster's definite "no":
 * sending the same record again cannot succeed. After `timed_out` and `aborted` a record may be stored or not, and
 * writing it again is safe. After `unavailable` no replica took it.
 */
export type SafekeeperErrorCode =
  | 'conflict'
  | 'out_of_order'
  | 'gap'
  | 'fenced'
  | 'unauthorized'
  | 'malformed'
  | 'too_large'
  | 'not_found'
  | 'dropped'
  | 'timed_out'
  | 'unavailable'
  | 'aborted'
  | 'closed'
  | 'protocol';

export interface ErrorDetails {
  /** The LSN of the last committed record, where the server said it. */
  readonly latestLsn?: bigint | undefined;
  /** The first LSN that can still be read, after `dropped`. */
  readonly firstLsn?: bigint | undefined;
  /** The replica that answered, or was asked last. */
  readonly url?: string | undefined;
  readonly cause?: unknown;
}

/** Every error this library throws on purpose. `message` says what happened and what to do. */
export class SafekeeperError extends Error {
  readonly code: SafekeeperErrorCode;
  readonly latestLsn: bigint | undefined;
  readonly firstLsn: bigint | undefined;
  readonly url: string | undefined;

  constructor(code: SafekeeperErrorCode, sentence: string, details: ErrorDetails = {}) {
    super(sentence, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.latestLsn = details.latestLsn;
    this.firstLsn = details.firstLsn;
    this.url = details.url;
  }
}

/** The cluster's definite "no": judged by committed records, confirmed by a quorum. */
export class RefusedError extends SafekeeperError {}

/** Another record is stored under this LSN. */
export class ConflictError extends RefusedError {
  constructor(sentence: string, details?: ErrorDetails) {
    const advice = 'Do not retry: two writers, or two histories, meet here. Read the stored record and compare.';
    super('conflict', `${sentence} ${advice}`, details);
  }
}

/** The LSN is below the latest one and was never stored. */
export class OutOfOrderError extends RefusedError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('out_of_order', `${sentence} ${continueAfter(details)}`, details);
  }
}

/** The named predecessor is not the last record, and did not arrive in time. */
export class GapError extends RefusedError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('gap', `${sentence} Send the records in between first. ${continueAfter(details)}`, details);
  }
}

/** A writer with a higher generation has taken over. */
export class FencedError extends RefusedError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('fenced', `${sentence} Stop writing: a newer writer has taken over this log.`, details);
  }
}

/** No key, or the wrong one. */
export class UnauthorizedError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('unauthorized', `${sentence} Give the API key that the safekeepers were started with.`, details);
  }
}

/** The request itself is wrong; found before it was sent, or by the server. */
export class MalformedError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('malformed', sentence, details);
  }
}

/** The record is larger than the server takes. */
export class TooLargeError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('too_large', `${sentence} Cut the record into smaller ones.`, details);
  }
}

/** No committed record has this LSN. */
export class NotFoundError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('not_found', sentence, details);
  }
}

/** The record was there and has been dropped; `firstLsn` is the first one still kept. */
export class DroppedError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('dropped', `${sentence} Read it from the archive, or begin at the first LSN still kept.`, details);
  }
}

/** No definite answer within the time allowed. A record may be stored or not: writing it again is safe. */
export class TimedOutError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('timed_out', `${sentence} The outcome is unknown; sending the same request again is safe.`, details);
  }
}

/** No replica took the request within the time allowed, so nothing was stored by it. */
export class UnavailableError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('unavailable', `${sentence} Check that a majority of the safekeepers runs and can be reached.`, details);
  }
}

/** The caller's AbortSignal fired. A record may be stored or not. */
export class AbortedError extends SafekeeperError {
  constructor(details?: ErrorDetails) {
    super('aborted', 'The call was aborted; its outcome is unknown.', details);
  }
}

/** The client was closed. */
export class ClosedError extends SafekeeperError {
  constructor() {
    super('closed', 'The client is closed. Create a new one.');
  }
}

/** Something answered that does not speak this API. */
export class ProtocolError extends SafekeeperError {
  constructor(sentence: string, details?: ErrorDetails) {
    super('protocol', `${sentence} Check that the URL is a safekeeper's and that versions match.`, details);
  }
}

function continueAfter(details: ErrorDetails | undefined): string {
  return details?.latestLsn === undefined
    ? 'Ask for the latest LSN and continue after it.'
    : `Continue after the latest LSN, ${details.latestLsn}.`;
}
