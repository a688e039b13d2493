import { type ExactJson, writeExactJson } from './exact_json.ts';

/** What a route answers, before it becomes an HTTP response. */
export interface Reply {
  readonly status: number;
  /** JSON text, unless a header says otherwise. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** In a second it may be otherwise. */
export const RETRY_SOON = { 'retry-after': '1' } as const;

export type Fields = Readonly<Record<string, ExactJson | undefined>>;

export function success(fields: Fields): Reply {
  return { status: 200, body: writeExactJson({ status: 'success', ...fields }) };
}

/** An error: a sentence for a person, a stable word for a program. */
export function problem(
  status: number,
  code: string,
  sentence: string,
  fields: Fields = {},
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, body: writeExactJson({ status: 'error', error: sentence, code, ...fields }), headers };
}

/** Too much waits already. Nothing was done. */
export function overloaded(sentence: string): Reply {
  return problem(429, 'overloaded', sentence, {}, RETRY_SOON);
}

/** A request that cannot be understood; `field` names what is wrong in it. */
export function malformed(sentence: string, field?: string): Reply {
  return problem(400, 'malformed', sentence, { field });
}

/** The same reply with more fields. */
export function withFields(reply: Reply, fields: Fields): Reply {
  return { ...reply, body: `${reply.body.slice(0, -1)},${writeExactJson(fields).slice(1)}` };
}
