import {
  Connector,
  type ConnectorEvent,
  ConnectorRefusal,
  PrimaryWatch,
  serveStatus,
} from '../../../mariadb/connector/index.ts';
import { parseFlags, UsageError, type Flags } from '../flags.ts';
import { describeFlags } from '../help.ts';
import type { Terminal } from '../terminal.ts';
import { openClient, PRIMARY_FLAGS, primaryAddress, SAFEKEEPERS_FLAGS } from './flags.ts';
import { serverIdsFrom } from './server_ids.ts';

export const CONNECT_FLAGS = {
  ...SAFEKEEPERS_FLAGS,
  ...PRIMARY_FLAGS,
  'server-id': {
    kind: 'integer',
    help: 'The first of eight server ids, in a row, that no other replica has.',
    group: 'Connector',
    absent: 'drawn from 3000000000 on',
  },
  generation: {
    kind: 'integer',
    help: 'Write with this generation, as a take-over says, instead of the next one.',
    group: 'Connector',
    absent: 'the next one, which fences every other connector',
  },
  'base-backup': {
    kind: 'text',
    help: "Where a base backup of the server was taken: history begins with that file, where the server's own log begins later than it was born.",
    placeholder: 'FILE:POSITION',
    group: 'Connector',
  },
  listen: {
    kind: 'text',
    help: 'Answer /status, /metrics and /healthz here.',
    placeholder: 'HOST:PORT',
    group: 'Connector',
    absent: '127.0.0.1:8093',
  },
} as const satisfies Flags;

const USAGE = 'safekeeper mariadb connect -host HOST -user USER -safekeepers URL,URL,URL [flags]';
const LISTEN_DEFAULT = '127.0.0.1:8093';

const STOPPED = 0;
const REFUSED = 3;

/**
 * `safekeeper mariadb connect`: runs until Ctrl-C.
 * @returns the exit status: 0 stopped, 3 refused, when a person has to do something first. Says why on the terminal.
 * @throws UsageError
 */
export async function runConnectCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(CONNECT_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(help());
    return STOPPED;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. ${USAGE}`);
  const primary = primaryAddress(values, USAGE);
  const listen = parseListen(values.listen ?? LISTEN_DEFAULT);
  const serverIds = serverIdsFrom(values['server-id']);
  const baseBackupFile = parseBaseBackup(values['base-backup']);
  if (values.generation !== undefined && values.generation < 0) throw new UsageError('-generation is not negative.');
  const client = openClient(values, USAGE);
  const stop = new AbortController();
  const stopListening = terminal.onInterrupt(() => stop.abort());
  const connector = new Connector({
    client,
    primary,
    serverIds,
    generation: values.generation,
    baseBackupFile,
    onEvent: (event) => terminal.err(`${new Date().toISOString()} ${describe(event)}`),
  });
  // The server takes commits after a RESET MASTER for acknowledged; checked anew, such a server is refused.
  const watch = new PrimaryWatch(primary, () => connector.reattach());
  const status = await serveStatus({ connector, watch }, listen).catch((error: unknown) => {
    throw new UsageError(`-listen ${listen.host}:${listen.port}: ${(error as Error).message}. Give another one.`);
  });
  terminal.err(`Status on http://${listen.host}:${status.port}/status. Connecting ${primary.host}:${primary.port} …`);
  const watching = watch.run(stop.signal);
  try {
    await connector.run(stop.signal);
    terminal.err('Stopped. Commits of the server wait until a connector is back.');
    return STOPPED;
  } catch (error) {
    if (!(error instanceof ConnectorRefusal)) throw error;
    terminal.err(`Refused: ${error.message}`);
    return REFUSED;
  } finally {
    stop.abort();
    stopListening();
    await watching;
    await status.close();
    await client.close();
  }
}

function describe(event: ConnectorEvent): string {
  if (event.kind === 'detached') return `Detached: ${event.reason} Trying again in ${event.waitMs} ms.`;
  if (event.kind === 'tornTail') {
    return `${event.file} ends in the middle of an event, as a crash leaves it; going on with the next file.`;
  }
  const { start, facts, generation } = event;
  const how = {
    first: "from the server's first event",
    baseBackup: 'from the file of the base backup',
    continued: 'after what is stored',
    handedOver: 'after a hand-over',
  }[start.how];
  return `Attached to ${facts.version} (server id ${facts.serverId}): ${start.file}, position ${start.position}, ${how}; generation ${generation}.`;
}

function parseBaseBackup(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const match = /^(?<file>[^\s:]+\.\d{6,10})[:\s](?<position>\d+)(\s.*)?$/.exec(text.trim());
  const file = match?.groups?.['file'];
  if (file === undefined) {
    throw new UsageError(`-base-backup takes FILE:POSITION, as mariadb-backup writes them, not "${text}".`);
  }
  return file;
}

/** `127.0.0.1:8093`, or a port alone. */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:(?<host>[\w.:[\]-]+):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port'] ?? -1);
  if (match === null || port > 65_535) throw new UsageError(`-listen takes HOST:PORT, not "${text}".`);
  return { host: match.groups?.['host'] ?? '127.0.0.1', port };
}

function help(): string {
  return [
    USAGE,
    '',
    "Stores an unmodified MariaDB server's log on the safekeepers while it is written: its COMMIT returns when a quorum has",
    'the transaction on disk. Checks the settings of the server first, and says what to change. Keeps nothing of its own: it can',
    'be killed and started again anywhere. Exit status: 0 stopped, 2 wrong usage, 3 refused: a person has to do something first.',
    '',
    describeFlags(CONNECT_FLAGS),
  ].join('\n');
}
