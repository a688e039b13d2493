import { SafekeeperError } from '../../../client/index.ts';
import { BinlogError } from '../../../mariadb/binlog/index.ts';
import { ConnectorRefusal } from '../../../mariadb/connector/index.ts';
import { takeOver, TakeoverError, type TakeoverStep } from '../../../mariadb/takeover/index.ts';
import { type Flags, parseFlags, UsageError } from '../flags.ts';
import { describeFlags } from '../help.ts';
import type { Terminal } from '../terminal.ts';
import { parseListen } from './connect.ts';
import { openClient, PRIMARY_FLAGS, primaryAddress, SAFEKEEPERS_FLAGS } from './flags.ts';
import { serverIdsFrom } from './server_ids.ts';

const TAKEOVER_FLAGS = {
  ...SAFEKEEPERS_FLAGS,
  ...PRIMARY_FLAGS,
  user: { ...PRIMARY_FLAGS.user, help: 'A user of the new server who may do everything there, such as root.' },
  listen: {
    kind: 'text',
    help: 'An address of this machine where the new server fetches the log from this command.',
    placeholder: 'HOST:PORT',
    group: 'Take-over',
    absent: '127.0.0.1 and any port: the new server is on this machine',
  },
  generation: {
    kind: 'integer',
    help: 'Take over with this generation, instead of the next one.',
    group: 'Take-over',
  },
} as const satisfies Flags;

const USAGE = 'safekeeper mariadb takeover -safekeepers URL,URL,URL -host NEW -user root [flags]';
const LISTEN_DEFAULT = '127.0.0.1:0';
const PROGRESS_EVERY_MS = 1_000;

/**
 * `safekeeper mariadb takeover`.
 * @returns the exit status: 0 done, 1 not: it can be repeated. Says why on the terminal.
 * @throws UsageError
 */
export async function runTakeoverCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(TAKEOVER_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(help());
    return 0;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. ${USAGE}`);
  const server = primaryAddress(values, USAGE);
  const feed = parseListen(values.listen ?? LISTEN_DEFAULT);
  const client = openClient(values, USAGE);
  const stop = new AbortController();
  const stopListening = terminal.onInterrupt(() => stop.abort());
  let shownMs = 0;
  let hasBegun = false;
  try {
    const { generation, fileNumber, position } = await takeOver(
      {
        client,
        server,
        feed,
        serverIds: serverIdsFrom(undefined),
        generation: values.generation,
        onStep: (step) => {
          hasBegun ||= step.kind === 'fenced';
          if (step.kind === 'replaying' && performance.now() - shownMs < PROGRESS_EVERY_MS) return;
          shownMs = performance.now();
          terminal.err(describe(step));
        },
      },
      stop.signal,
    );
    terminal.out(
      `${server.host}:${server.port} has taken over with generation ${generation}: it has ${position === '' ? 'no transaction' : position}, and writes on from file ${fileNumber}.`,
    );
    terminal.out(
      `Its commits wait until its connector runs: safekeeper mariadb connect -host ${server.host} -port ${server.port} …`,
    );
    return 0;
  } catch (error) {
    const isExpected =
      error instanceof TakeoverError ||
      error instanceof ConnectorRefusal ||
      error instanceof SafekeeperError ||
      error instanceof BinlogError ||
      (error instanceof Error && ('errno' in error || 'code' in error));
    if (!isExpected) throw error;
    terminal.err(`Not taken over: ${error.message}`);
    if (hasBegun) terminal.err('The new server is left read-only. The same command goes on from there.');
    return 1;
  } finally {
    stopListening();
    await client.close();
  }
}

function describe(step: TakeoverStep): string {
  switch (step.kind) {
    case 'checked':
      return `The new server is ${step.version}, and set up as it must be.`;
    case 'fenced':
      return `Generation ${step.generation} is in force: no earlier connector writes any more. The stored log ends at LSN ${step.latestLsn}.`;
    case 'replaying':
      return `Replaying: ${step.position === '' ? 'nothing yet' : step.position} of ${step.target}`;
    case 'replayed':
      return `The new server has everything that was stored: ${step.position === '' ? 'no transaction' : step.position}.`;
    case 'renumbered':
      return `Its binary log begins with file ${step.firstFile}.`;
    case 'handedOver':
      return `That is stored (LSN ${step.lsn}): no other server continues this log.`;
  }
}

function help(): string {
  return [
    USAGE,
    '',
    'Makes a new MariaDB server the one that writes, after the old one is lost, or instead of it: fences the old one, brings the',
    'new one (empty, a restored base backup, or a standby) to the end of what is stored, and puts its log behind that. Can be',
    'repeated. Then start its connector. Exit status: 0 done, 1 not, 2 wrong usage.',
    '',
    describeFlags(TAKEOVER_FLAGS),
  ].join('\n');
}
