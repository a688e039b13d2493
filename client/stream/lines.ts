import type { Verdict } from '../answers.ts';
import { judge } from '../answers.ts';

/** What an HTTP answer with this code would have had for a status, where that matters: in a stream it is 200 already. */
const STATUS_OF: Readonly<Record<string, number>> = {
  malformed: 400,
  unauthorized: 401,
  timeout: 408,
  too_large: 413,
  unsupported_media_type: 415,
  overloaded: 429,
};

/** What an error means that ends a stream. */
export function judgeLine(line: string, code: unknown, url: string): Verdict {
  return judge({ status: STATUS_OF[String(code)] ?? 503, body: line, retryAfterMs: undefined }, url);
}

/** Cuts text that arrives in pieces into lines. */
export class LineReader {
  #rest = '';

  push(piece: string): string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}
