import { type Flags, parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';
import { Asker, type Report } from './replica_report.ts';
import { isWell, statusTable, verdictOf } from './status_table.ts';
import { CLIENT_TLS_FLAGS, readClientTls } from './tls_flags.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const STATUS_FLAGS = {
  to: {
    kind: 'list',
    help: 'A replica, or several: those of them that are reached name the others.',
    placeholder: 'URL,URL',
    absent: 'http://localhost:8090',
    environment: 'SAFEKEEPER_TO',
  },
  'api-key': {
    kind: 'text',
    help: 'The key they were started with, where reads need one. Better set by its variable: arguments are public.',
    environment: 'SAFEKEEPER_API_KEY',
  },
  timeout: { kind: 'durationMs', help: 'How long each replica may take to answer.', absent: '2s' },
  ...CLIENT_TLS_FLAGS,
} as const satisfies Flags;

const TIMEOUT_DEFAULT_MS = 2_000;

/**
 * `safekeeper status`: every replica of a cluster in a table. Resolves with the exit status: 0 when one leads and all
 * were reached, else 1.
 */
export async function runStatusCommand(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(STATUS_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(`Shows every replica of a cluster: who leads, and how far each is.\n\n${describeFlags(STATUS_FLAGS)}`);
    return 0;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. See safekeeper help status.`);
  const asker = new Asker({
    key: values['api-key'],
    timeoutMs: values.timeout ?? TIMEOUT_DEFAULT_MS,
    tls: readClientTls(values),
  });
  const reports = await askAll((values.to ?? ['http://localhost:8090']).map(readUrl), asker);
  await asker.close();
  for (const line of statusTable(reports)) terminal.out(line);
  terminal.out('');
  terminal.out(verdictOf(reports));
  return isWell(reports) ? 0 : 1;
}

/** Those named, and then whoever they name. Ordered by name, with those that said nothing at the end. */
async function askAll(urls: readonly string[], asker: Asker): Promise<Report[]> {
  const asked = new Map<string, Promise<Report>>();
  const ask = (url: string): void => {
    if (!asked.has(url)) asked.set(url, asker.ask(url));
  };
  for (const url of urls) ask(url);
  for (const report of await Promise.all(asked.values())) {
    for (const url of report.members.values()) ask(url);
  }
  const reports = await Promise.all(asked.values());
  // Two URLs may lead to one replica.
  const byName = new Map(reports.map((report) => [report.replicaId ?? report.url, report]));
  const nameOf = (url: string): string | undefined =>
    reports.flatMap(({ members }) => [...members]).find(([, its]) => its === url)?.[0];
  return [...byName.values()]
    .map((report) => ({ ...report, replicaId: report.replicaId ?? nameOf(report.url) }))
    .sort((one, other) => ((one.replicaId ?? '~') < (other.replicaId ?? '~') ? -1 : 1));
}

function readUrl(text: string): string {
  if (/^https?:\/\/[^/]+\/?$/.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  throw new UsageError(`-to "${text}" is no URL of a replica, such as http://localhost:8090.`);
}
