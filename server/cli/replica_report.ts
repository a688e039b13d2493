import { Agent, request } from 'undici';
import type { TlsOptions } from '../../client/index.ts';
import { errorSentence } from '../http/error_sentence.ts';
import { exactInteger, parseExactJson } from '../http/exact_json.ts';

/** What a replica said of itself in `/api/v1/metrics`, or why it said nothing. */
export interface Report {
  readonly url: string;
  readonly replicaId: string | undefined;
  /** Undefined when it said nothing; then `trouble` tells why. */
  readonly state: string | undefined;
  readonly term: bigint | undefined;
  readonly latestLsn: bigint | undefined;
  readonly recordCount: bigint | undefined;
  /** As Go prints a duration. */
  readonly lag: string | undefined;
  readonly trouble: string | undefined;
  /** The URL of each member, by its name. */
  readonly members: ReadonlyMap<string, string>;
}

/** Asks replicas how they are. */
export class Asker {
  readonly #key: string | undefined;
  readonly #timeoutMs: number;
  readonly #agent: Agent;

  constructor({ key, timeoutMs, tls = {} }: { key: string | undefined; timeoutMs: number; tls?: TlsOptions }) {
    this.#key = key;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({ connect: { ...tls, timeout: timeoutMs } });
  }

  /** Never rejects. */
  async ask(url: string): Promise<Report> {
    try {
      const response = await request(`${url}/api/v1/metrics`, {
        dispatcher: this.#agent,
        headers: this.#key === undefined ? {} : { 'x-api-key': this.#key },
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      const text = await response.body.text();
      if (response.statusCode === 401)
        return silent(url, `it asks for a credential (SAFEKEEPER_API_KEY): ${sentenceOf(text)}`);
      const report = response.statusCode === 200 ? readReport(url, text) : undefined;
      return report ?? silent(url, `it answers with status ${response.statusCode}: ${sentenceOf(text)}`);
    } catch (error) {
      return silent(url, whyNot(error, this.#timeoutMs));
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function readReport(url: string, text: string): Report | undefined {
  let body: unknown;
  try {
    body = parseExactJson(text);
  } catch {
    return undefined;
  }
  const metrics = objectOf(objectOf(body)['metrics']);
  const state = textOf(metrics['state']);
  if (state === undefined) return undefined;
  const members = Object.entries(objectOf(metrics['members']));
  return {
    url,
    replicaId: textOf(metrics['replica_id']),
    state,
    term: exactInteger(metrics['term']),
    latestLsn: exactInteger(metrics['latest_lsn']),
    recordCount: exactInteger(metrics['wal_count']),
    lag: textOf(metrics['replication_lag']),
    trouble: textOf(metrics['trouble']),
    members: new Map(members.flatMap(([name, its]) => (typeof its === 'string' ? [[name, its] as const] : []))),
  };
}

function silent(url: string, trouble: string): Report {
  return {
    url,
    replicaId: undefined,
    state: undefined,
    term: undefined,
    latestLsn: undefined,
    recordCount: undefined,
    lag: undefined,
    trouble,
    members: new Map(),
  };
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'ConnectTimeoutError') return `no answer within ${timeoutMs} ms`;
  if ('code' in error && error.code === 'ECONNREFUSED') return 'nothing listens there';
  return error.message === '' ? String('code' in error ? error.code : error.name) : error.message;
}

/** What an error of a safekeeper says; of anybody else, that it is somebody else. */
function sentenceOf(text: string): string {
  return errorSentence(text) ?? 'it does not answer as a safekeeper does';
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
