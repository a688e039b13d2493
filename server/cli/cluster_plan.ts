import path from 'node:path';
import { SERVE_FLAGS } from '../options/serve_flags.ts';
import { type Flags, type FlagValues, UsageError } from './flags.ts';
import { shellWord } from './shell_word.ts';

const GROUP = 'The cluster';

/** The cluster's own flags, and those that are handed to every replica. */
export const CLUSTER_FLAGS = {
  replicas: { kind: 'integer', group: GROUP, help: 'How many.', absent: '3' },
  port: {
    kind: 'integer',
    group: GROUP,
    help: 'Port of the first; the others follow.',
    placeholder: 'PORT',
    absent: '8090',
  },
  'data-dir': {
    kind: 'text',
    group: GROUP,
    help: 'Each replica keeps its log in a directory below.',
    absent: './safekeeper-data',
  },
  host: { kind: 'text', group: GROUP, help: 'Address to listen on.', placeholder: 'ADDRESS', absent: '127.0.0.1' },
  'segment-bytes': SERVE_FLAGS['segment-bytes'],
  'max-record-bytes': SERVE_FLAGS['max-record-bytes'],
  'api-key': SERVE_FLAGS['api-key'],
  'auth-tokens': SERVE_FLAGS['auth-tokens'],
  'auth-reads': SERVE_FLAGS['auth-reads'],
  'peer-key': SERVE_FLAGS['peer-key'],
  tls: SERVE_FLAGS.tls,
  'tls-cert': SERVE_FLAGS['tls-cert'],
  'tls-key': SERVE_FLAGS['tls-key'],
  'tls-ca': SERVE_FLAGS['tls-ca'],
  'tls-client-auth': SERVE_FLAGS['tls-client-auth'],
  'heartbeat-interval': SERVE_FLAGS['heartbeat-interval'],
  'election-timeout': SERVE_FLAGS['election-timeout'],
} as const satisfies Flags;

/** Handed on by their variables: arguments are public. */
const SECRET = ['api-key', 'auth-tokens', 'peer-key'] as const;
const PASSED_ON = ['segment-bytes', 'max-record-bytes', 'tls-cert', 'tls-key', 'tls-ca'] as const;
const SWITCHES = ['auth-reads', 'tls', 'tls-client-auth'] as const;
const DURATIONS = ['heartbeat-interval', 'election-timeout'] as const;

/** One replica to be run as a process. */
export interface ReplicaPlan {
  readonly replicaId: string;
  readonly url: string;
  /** The directory that holds every replica's. */
  readonly dataRoot: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What a person would type to run this replica alone. */
  readonly commandLine: string;
}

/** @throws UsageError when the cluster cannot be. What concerns one replica is checked by that replica. */
export function planReplicas(values: FlagValues<typeof CLUSTER_FLAGS>): readonly ReplicaPlan[] {
  const count = values.replicas ?? 3;
  const firstPort = values.port ?? 8090;
  if (count < 1 || count > 9) throw new UsageError(`-replicas ${count} is out of range: choose from 1 to 9.`);
  if (firstPort < 1 || firstPort + count - 1 > 65_535) {
    throw new UsageError(
      `-port ${firstPort} is out of range for ${count} replicas: choose from 1 to ${65_536 - count}.`,
    );
  }
  const dataRoot = path.resolve(values['data-dir'] ?? 'safekeeper-data');
  const scheme = values.tls === true ? 'https' : 'http';
  const urls = Array.from({ length: count }, (_, place) => `${scheme}://localhost:${firstPort + place}`);
  const passedOn = passedOnArguments(values);
  const environment = secretEnvironment(values);
  return urls.map((url, place) => {
    const replicaId = `safekeeper-${place + 1}`;
    const peers = urls.filter((other) => other !== url).join(',');
    const args = [
      ...['-port', `${firstPort + place}`, '-replica-id', replicaId, '-advertise', url],
      ...(peers === '' ? [] : ['-peers', peers]),
      ...['-host', values.host ?? '127.0.0.1', '-data-dir', path.join(dataRoot, replicaId)],
      ...passedOn,
    ];
    return {
      replicaId,
      url,
      dataRoot,
      args,
      environment,
      commandLine: ['./safekeeper', ...args].map(shellWord).join(' '),
    };
  });
}

function passedOnArguments(values: FlagValues<typeof CLUSTER_FLAGS>): readonly string[] {
  const args: string[] = [];
  for (const name of PASSED_ON) if (values[name] !== undefined) args.push(`-${name}`, `${values[name]}`);
  for (const name of DURATIONS) if (values[name] !== undefined) args.push(`-${name}`, `${values[name]}ms`);
  for (const name of SWITCHES) if (values[name] === true) args.push(`-${name}`);
  return args;
}

function secretEnvironment(values: FlagValues<typeof CLUSTER_FLAGS>): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const name of SECRET) {
    const value = values[name];
    if (value !== undefined)
      environment[SERVE_FLAGS[name].environment] = typeof value === 'string' ? value : value.join(',');
  }
  return environment;
}
