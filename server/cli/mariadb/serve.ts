import path from 'node:path';
import { type FeedEvent, ReplicaFeed, storedLogOf } from '../../../mariadb/feed/index.ts';
import { textLogger } from '../../log/logger.ts';
import { TlsCredentials } from '../../tls/credentials.ts';
import { TlsFileError } from '../../tls/material.ts';
import { type Flags, type FlagValues, parseFlags, UsageError } from '../flags.ts';
import { describeFlags } from '../help.ts';
import type { Terminal } from '../terminal.ts';
import { parseListen } from './connect.ts';
import { openClient, SAFEKEEPERS_FLAGS } from './flags.ts';

const SERVE_FLAGS = {
  ...SAFEKEEPERS_FLAGS,
  listen: {
    kind: 'text',
    help: 'Where replicas connect.',
    placeholder: 'HOST:PORT',
    group: 'Serve',
    absent: '127.0.0.1:3307',
  },
  user: {
    kind: 'text',
    help: 'What replicas log in as: master_user.',
    group: 'Serve',
    environment: 'SAFEKEEPER_REPLICA_USER',
  },
  password: {
    kind: 'text',
    help: 'Their master_password. Better set by its variable: arguments are public.',
    group: 'Serve',
    environment: 'SAFEKEEPER_REPLICA_PASSWORD',
  },
  'replica-tls-cert': {
    kind: 'text',
    help: 'The certificate to show replicas, PEM: they must speak TLS then. Read again when it changes.',
    placeholder: 'FILE',
    group: 'Serve',
    absent: 'no TLS',
    environment: 'SAFEKEEPER_REPLICA_TLS_CERT',
  },
  'replica-tls-key': {
    kind: 'text',
    help: 'The private key to it, PEM.',
    placeholder: 'FILE',
    group: 'Serve',
    environment: 'SAFEKEEPER_REPLICA_TLS_KEY',
  },
  'server-id': { kind: 'integer', help: 'A server id that no replica has.', group: 'Serve', absent: '4294967294' },
} as const satisfies Flags;

const USAGE = 'safekeeper mariadb serve -safekeepers URL,URL,URL -user USER -listen HOST:PORT';
const LISTEN_DEFAULT = '127.0.0.1:3307';
const SERVER_ID_DEFAULT = 0xffff_fffe;

/**
 * `safekeeper mariadb serve`: runs until Ctrl-C.
 * @returns the exit status 0. @throws UsageError
 */
export async function runServeReplicasCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(SERVE_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(help());
    return 0;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. ${USAGE}`);
  if (values.user === undefined || values.password === undefined || values.password === '') {
    throw new UsageError(`As what do replicas log in? -user, and -password or SAFEKEEPER_REPLICA_PASSWORD. ${USAGE}`);
  }
  const serverId = values['server-id'] ?? SERVER_ID_DEFAULT;
  if (serverId < 1 || serverId > 0xffff_ffff)
    throw new UsageError(`-server-id takes 1 to 4294967295, not ${serverId}.`);
  const { host, port } = parseListen(values.listen ?? LISTEN_DEFAULT);
  const tls = replicaTls(values, terminal);
  const client = openClient(values, USAGE);
  const feed = new ReplicaFeed({
    log: storedLogOf(client),
    credentials: { user: values.user, password: values.password },
    serverId,
    tls: tls === undefined ? undefined : () => tls.outgoing,
    onEvent: (event) => terminal.err(`${new Date().toISOString()} ${describe(event)}`),
  });
  try {
    const interrupted = new Promise<void>((resolve) => terminal.onInterrupt(resolve));
    const found = await feed.listen(port, host).catch((error: unknown) => {
      throw new UsageError(`-listen ${host}:${port}: ${(error as Error).message}. Give another one.`);
    });
    terminal.err(`Replicas connect to ${host}:${found}. On each, once:`);
    terminal.err(
      `  CHANGE MASTER TO master_host='${host}', master_port=${found}, master_user='${values.user}', master_password='…', master_use_gtid=slave_pos${tls === undefined ? '' : ", master_ssl=1, master_ssl_ca='…', master_ssl_verify_server_cert=1"}; START SLAVE;`,
    );
    await interrupted;
    terminal.err('Stopped. Replicas try again until it is back.');
    return 0;
  } finally {
    await feed.close();
    await client.close();
    tls?.close();
  }
}

function replicaTls(values: FlagValues<typeof SERVE_FLAGS>, terminal: Terminal): TlsCredentials | undefined {
  const { 'replica-tls-cert': cert, 'replica-tls-key': key } = values;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError('-replica-tls-cert and -replica-tls-key belong together: give both, or neither.');
  }
  const files = {
    cert: path.resolve(cert),
    key: path.resolve(key),
    ca: undefined,
    clientAuth: false,
    flags: '-replica-tls',
  };
  try {
    return new TlsCredentials(
      files,
      textLogger((line) => terminal.err(line.trimEnd())),
      () => {},
    );
  } catch (error) {
    throw error instanceof TlsFileError ? new UsageError(error.message) : error;
  }
}

function describe(event: FeedEvent): string {
  if (event.kind === 'began') {
    return `A replica (server id ${event.serverId}, ${event.address}) is fed from ${event.file} on.`;
  }
  return `The session of ${event.address} has ended: ${event.reason}.`;
}

function help(): string {
  return [
    USAGE,
    '',
    'Plays the primary for stock MariaDB replicas, by GTID, from what the safekeepers hold, live: a warm standby, or a way to fill a',
    'new server. Without -replica-tls-cert, listen on an address that only the replicas reach.',
    '',
    describeFlags(SERVE_FLAGS),
  ].join('\n');
}
