import fs from 'node:fs';
import { MalformedError, SafekeeperClient, type ClientEvent } from '../../../client/index.ts';
import type { PrimaryAddress } from '../../../mariadb/primary/session.ts';
import { type Flags, type FlagValues, UsageError } from '../flags.ts';
import { CLIENT_TLS_FLAGS, readClientTls } from '../tls_flags.ts';

/** How the commands of MariaDB reach the safekeepers. */
export const SAFEKEEPERS_FLAGS = {
  safekeepers: {
    kind: 'list',
    help: 'The safekeepers. All of them, to survive a fail-over.',
    placeholder: 'URL,URL,URL',
    group: 'Safekeepers',
    environment: 'SAFEKEEPER_TO',
  },
  'api-key': {
    kind: 'text',
    help: 'The key they were started with. Better set by its variable: arguments are public.',
    group: 'Safekeepers',
    environment: 'SAFEKEEPER_API_KEY',
  },
  'auth-token': {
    kind: 'text',
    help: 'One of their -auth-tokens, instead of the key.',
    group: 'Safekeepers',
    environment: 'SAFEKEEPER_AUTH_TOKEN',
  },
  timeout: {
    kind: 'durationMs',
    help: 'Give up after so long without progress.',
    group: 'Safekeepers',
    absent: '60s',
  },
  ...CLIENT_TLS_FLAGS,
} as const satisfies Flags;

/** How they reach a MariaDB server. */
export const PRIMARY_FLAGS = {
  host: {
    kind: 'text',
    help: 'The MariaDB server: a name, an address, or the path of its socket.',
    group: 'MariaDB',
    absent: '127.0.0.1',
    environment: 'SAFEKEEPER_MARIADB_HOST',
  },
  port: { kind: 'integer', help: 'Its port.', group: 'MariaDB', absent: '3306' },
  user: {
    kind: 'text',
    help: 'A user with REPLICATION SLAVE and BINLOG MONITOR.',
    group: 'MariaDB',
    environment: 'SAFEKEEPER_MARIADB_USER',
  },
  password: {
    kind: 'text',
    help: 'Better set by its variable: arguments are public.',
    group: 'MariaDB',
    environment: 'SAFEKEEPER_MARIADB_PASSWORD',
  },
  'mariadb-tls': { kind: 'switch', help: 'Speak TLS with it.', group: 'MariaDB', absent: 'no' },
  'mariadb-tls-ca': {
    kind: 'text',
    help: 'Speak TLS with it, and trust only certificates of these authorities, PEM.',
    placeholder: 'FILE',
    group: 'MariaDB',
    environment: 'SAFEKEEPER_MARIADB_TLS_CA',
  },
} as const satisfies Flags;

const PORT_DEFAULT = 3_306;
const TIMEOUT_DEFAULT_MS = 60_000;

/** @throws UsageError when something is missing or cannot be used. Connects to nothing yet. */
export function openClient(
  values: FlagValues<typeof SAFEKEEPERS_FLAGS>,
  usage: string,
  onEvent?: (event: ClientEvent) => void,
): SafekeeperClient {
  const urls = values.safekeepers;
  if (urls === undefined || urls.length === 0) throw new UsageError(`Which safekeepers? ${usage}`);
  try {
    return new SafekeeperClient({
      urls,
      apiKey: values['api-key'],
      bearerToken: values['auth-token'],
      timeoutMs: values.timeout ?? TIMEOUT_DEFAULT_MS,
      tls: readClientTls(values),
      onEvent,
    });
  } catch (error) {
    throw error instanceof MalformedError ? new UsageError(`-safekeepers: ${error.message}`) : error;
  }
}

/** @throws UsageError when something is missing or cannot be used. */
export function primaryAddress(values: FlagValues<typeof PRIMARY_FLAGS>, usage: string): PrimaryAddress {
  if (values.user === undefined) throw new UsageError(`As which MariaDB user? ${usage}`);
  const port = values.port ?? PORT_DEFAULT;
  if (port < 1 || port > 65_535) throw new UsageError(`-port takes 1 to 65535, not ${port}.`);
  const ca = values['mariadb-tls-ca'];
  const wantsTls = values['mariadb-tls'] === true || ca !== undefined;
  return {
    host: values.host ?? '127.0.0.1',
    port,
    user: values.user,
    password: values.password ?? '',
    ...(wantsTls
      ? { tls: { verify: true, ...(ca === undefined ? {} : { ca: readText('-mariadb-tls-ca', ca) }) } }
      : {}),
  };
}

function readText(flag: string, file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag} names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
