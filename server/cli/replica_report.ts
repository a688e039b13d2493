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

/** Asks a replica how it is. Never rejects. */
export async function askReplica(url: string, key: string | undefined, timeoutMs: number): Promise<Report> {
  try {
    const response = await fetch(`${url}/api/v1/metrics`, {
      headers: key === undefined ? {} : { 'x-api-key': key },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status === 401) return silent(url, 'it asks for a key: set SAFEKEEPER_API_KEY');
    const report = response.ok ? readReport(url, text) : undefined;
    return report ?? silent(url, `it answers with status ${response.status}, and not as a safekeeper does`);
  } catch (error) {
    return silent(url, whyNot(error, timeoutMs));
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
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  // What `fetch` says is "fetch failed"; the cause knows more.
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED') return 'nothing listens there';
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
