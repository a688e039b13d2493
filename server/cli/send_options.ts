import type { TlsOptions } from '../../client/index.ts';
import { type Flags, parseFlags, UsageError } from './flags.ts';
import { describeFlags } from './help.ts';
import { CLIENT_TLS_FLAGS, readClientTls } from './tls_flags.ts';

export const SEND_FLAGS = {
  to: {
    kind: 'list',
    help: 'The safekeepers. All of them, to survive a fail-over.',
    placeholder: 'URL,URL,URL',
    environment: 'SAFEKEEPER_TO',
  },
  'api-key': {
    kind: 'text',
    help: 'The key they were started with. Better set by its variable: arguments are public.',
    environment: 'SAFEKEEPER_API_KEY',
  },
  'auth-token': {
    kind: 'text',
    help: 'One of their -auth-tokens, instead of the key.',
    environment: 'SAFEKEEPER_AUTH_TOKEN',
  },
  window: {
    kind: 'integer',
    help: 'How many records may wait for their answer at once, 1 to 1024.',
    absent: '64',
  },
  generation: {
    kind: 'integer',
    help: "The writer's generation, after a take-over.",
    absent: '0',
  },
  timeout: {
    kind: 'durationMs',
    help: 'Give up after so long without progress.',
    absent: '60s',
  },
  ...CLIENT_TLS_FLAGS,
  follow: {
    kind: 'switch',
    help: 'Go on while the server writes. Only "no" so far.',
    absent: 'no',
  },
} as const satisfies Flags;

export interface SendOptions {
  readonly directory: string;
  readonly urls: readonly string[];
  readonly apiKey: string | undefined;
  readonly authToken: string | undefined;
  readonly window: number;
  readonly generation: number | undefined;
  readonly timeoutMs: number;
  readonly tls: TlsOptions;
}

const USAGE = 'safekeeper send DIRECTORY -to URL,URL,URL [flags]';
const WINDOW_DEFAULT = 64;
/** The safekeepers hold no more records that wait for their predecessor. */
const WINDOW_MAX = 1_024;
const TIMEOUT_DEFAULT_MS = 60_000;

/**
 * @returns 'help' when help is wanted.
 * @throws UsageError with a sentence that says what to type instead.
 */
export function parseSendOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SendOptions | 'help' {
  const { values, positional, helpWanted } = parseFlags(SEND_FLAGS, args, environment);
  if (helpWanted) return 'help';
  const [directory, ...more] = positional;
  if (directory === undefined) throw new UsageError(`Which directory of binary logs? ${USAGE}`);
  if (more.length > 0)
    throw new UsageError(`One directory at a time, please; "${more.join(' ')}" is too much. ${USAGE}`);
  if (values.to === undefined || values.to.length === 0) throw new UsageError(`Send it where? ${USAGE}`);
  if (values.follow === true) {
    throw new UsageError('-follow is not there yet: run the command again to send what was written since.');
  }
  const window = values.window ?? WINDOW_DEFAULT;
  if (window < 1 || window > WINDOW_MAX) throw new UsageError(`-window takes 1 to ${WINDOW_MAX}, not ${window}.`);
  if (values.generation !== undefined && values.generation < 0) throw new UsageError('-generation is not negative.');
  return {
    directory,
    urls: values.to,
    apiKey: values['api-key'],
    authToken: values['auth-token'],
    window,
    generation: values.generation,
    timeoutMs: values.timeout ?? TIMEOUT_DEFAULT_MS,
    tls: readClientTls(values),
  };
}

export function sendHelp(): string {
  return [
    USAGE,
    '',
    'Streams the binary logs of a MariaDB server to the safekeepers, one record for each transaction, in order, and goes on',
    'where it stopped when it is run again. Exit status: 0 all stored, 1 not all, 2 wrong usage.',
    '',
    describeFlags(SEND_FLAGS),
  ].join('\n');
}
