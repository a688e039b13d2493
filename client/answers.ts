import type { HttpAnswer } from './connection.ts';
import {
  ConflictError,
  DroppedError,
  type ErrorDetails,
  FencedError,
  GapError,
  MalformedError,
  NotFoundError,
  OutOfOrderError,
  ProtocolError,
  type SafekeeperError,
  TooLargeError,
  UnauthorizedError,
} from './errors.ts';
import { parseExactJson } from './exact_json.ts';
import { toU64 } from './u64.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What an HTTP answer means for the one who asked. */
export type Verdict =
  | { readonly kind: 'success'; readonly body: JsonObject }
  /** Definite: asking again cannot help. */
  | { readonly kind: 'failure'; readonly error: SafekeeperError }
  | Retry;

export interface Retry {
  readonly kind: 'retry';
  /** Why, as a sentence. */
  readonly reason: string;
  /** Ask for the leader first: this replica cannot serve the request now. */
  readonly elsewhere: boolean;
  /** The replica said that it does not lead: should it say that it does, then that is news. */
  readonly follows?: boolean;
  /** The request may have taken effect although this answer does not say so. */
  readonly mayHaveHappened: boolean;
  /** How long the server asks to wait, in milliseconds. */
  readonly waitMs: number | undefined;
}

type DefiniteError = new (sentence: string, details?: ErrorDetails) => SafekeeperError;

const DEFINITE: ReadonlyMap<string, DefiniteError> = new Map<string, DefiniteError>([
  ['conflict', ConflictError],
  ['out_of_order', OutOfOrderError],
  ['gap', GapError],
  ['fenced', FencedError],
  ['dropped', DroppedError],
]);

/** With these codes of 503 nothing came of the request. */
const NOT_TAKEN: ReadonlySet<string> = new Set(['no_leader', 'unavailable']);

/** Reads an answer by its status and its stable `code` (see the HTTP API); `url` is who answered. */
export function judge(answer: HttpAnswer, url: string): Verdict {
  const body = objectFrom(answer.body);
  if (answer.status >= 200 && answer.status < 300) {
    if (body?.status === 'success' || body?.status === 'ok') return { kind: 'success', body };
    return failure(new ProtocolError(`${url} answered ${answer.status} without a result.`, { url }));
  }
  const said = sentenceOf(body) ?? `${url} answered HTTP ${answer.status}.`;
  const details: ErrorDetails = { url, latestLsn: toU64(body?.latest_lsn), firstLsn: toU64(body?.first_lsn) };
  const Definite = typeof body?.code === 'string' ? DEFINITE.get(body.code) : undefined;
  if (Definite !== undefined) return failure(new Definite(said, details));
  switch (answer.status) {
    case 400:
    case 415:
      return failure(new MalformedError(said, details));
    case 401:
    case 403:
      return failure(new UnauthorizedError(said, details));
    case 404:
      return failure(body === undefined ? new ProtocolError(said, details) : new NotFoundError(said, details));
    case 413:
      return failure(new TooLargeError(said, details));
    case 429:
      return retry(answer, said, { elsewhere: false, mayHaveHappened: false });
    case 503:
      return retry(answer, said, {
        elsewhere: true,
        follows: body?.code === 'no_leader',
        mayHaveHappened: !NOT_TAKEN.has(String(body?.code)),
      });
    default:
      if (answer.status === 408 || answer.status >= 500) {
        return retry(answer, said, { elsewhere: true, mayHaveHappened: true });
      }
      return failure(new ProtocolError(said, details));
  }
}

function failure(error: SafekeeperError): Verdict {
  return { kind: 'failure', error };
}

function retry(
  answer: HttpAnswer,
  reason: string,
  how: Pick<Retry, 'elsewhere' | 'follows' | 'mayHaveHappened'>,
): Retry {
  return { kind: 'retry', reason, waitMs: answer.retryAfterMs, ...how };
}

function objectFrom(text: string): JsonObject | undefined {
  try {
    const parsed = parseExactJson(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function sentenceOf(body: JsonObject | undefined): string | undefined {
  const said = body?.error;
  if (typeof said !== 'string' || said === '') return undefined;
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
