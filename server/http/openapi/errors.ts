import { COUNT, LSN, object, type Schema, STRING } from './schema.ts';

/** Every code an error may have, its status, and what it means. */
export const ERRORS = {
  malformed: [400, 'The request cannot be understood; `field` names what is wrong in it.'],
  unauthorized: [401, 'A key is needed, as `X-API-Key: KEY` or `Authorization: Bearer KEY`.'],
  not_found: [404, 'No committed record has this LSN.'],
  method_not_allowed: [405, '`Allow` names the method to use.'],
  timeout: [408, 'The body did not arrive in time.'],
  conflict: [409, 'Another record is stored at this LSN.'],
  out_of_order: [409, 'The log has passed this LSN, and it was never stored.'],
  gap: [409, '`prev_lsn` is not there and cannot come any more, or not in time.'],
  fenced: [409, 'A writer of a higher generation has taken over.'],
  too_large: [413, 'The record or the body is larger than what is taken.'],
  unsupported_media_type: [415, 'The body does not claim to be JSON.'],
  overloaded: [429, 'Too much waits already; send it again after `Retry-After`.'],
  internal: [500, 'A bug; the server log says more.'],
  no_leader: [503, 'Nobody who could decide is known; nothing was stored. Send it again after `Retry-After`.'],
  unknown: [503, 'It may be stored or not. Send it again after `Retry-After`: the same record is stored once.'],
  unavailable: [503, 'This replica takes no requests; nothing was stored. Send it again after `Retry-After`.'],
  damaged: [503, 'The record is damaged on this replica’s disk; ask another one.'],
  not_ready: [503, 'A request sent here now could not be dealt with.'],
} as const satisfies Readonly<Record<string, readonly [status: number, meaning: string]>>;

export type ErrorCode = keyof typeof ERRORS;

/** The answers of one status: what they mean, and their schema. */
export function errorsOf(status: number, codes: readonly ErrorCode[]): { description: string; schema: Schema } {
  const its = codes.filter((code) => ERRORS[code][0] === status);
  return {
    description: its.map((code) => `\`${code}\`: ${ERRORS[code][1]}`).join('\n\n'),
    schema: object(
      {
        status: { const: 'error' },
        error: { ...STRING, description: 'A sentence for a person.' },
        code: { enum: its, description: 'A word for a program; it stays the same.' },
        field: { ...STRING, description: 'What is wrong in the request.' },
        lsn: LSN,
        latest_lsn: { ...LSN, description: 'The last LSN of the log.' },
        index: { ...COUNT, description: 'Of an array: the place of the record this is about, from 0.' },
        last_applied_lsn: { ...LSN, description: 'Of an array: the last record that is stored all the same.' },
      },
      ['field', 'lsn', 'latest_lsn', 'index', 'last_applied_lsn'],
    ),
  };
}
