import { SafekeeperError } from '../../../client/index.ts';
import { BinlogError, gtidToString } from '../../../mariadb/binlog/index.ts';
import { DirectoryNotEmptyError, parseUntil, restore, type Restored } from '../../../mariadb/restore/index.ts';
import { formatBytes, formatCounted, formatDuration } from '../amounts.ts';
import { type Flags, parseFlags, UsageError } from '../flags.ts';
import { describeFlags } from '../help.ts';
import { shellWord } from '../shell_word.ts';
import type { Terminal } from '../terminal.ts';
import { openClient, SAFEKEEPERS_FLAGS } from './flags.ts';

const RESTORE_FLAGS = {
  ...SAFEKEEPERS_FLAGS,
  to: { kind: 'text', help: 'A directory that is empty or not there yet.', placeholder: 'DIR', group: 'Restore' },
  until: {
    kind: 'text',
    help: 'Stop with this transaction or LSN, or before the first transaction after this time.',
    placeholder: 'GTID|LSN|TIME',
    group: 'Restore',
    absent: 'everything',
  },
  name: { kind: 'text', help: 'What the files are called before the number.', group: 'Restore', absent: 'mariadb-bin' },
} as const satisfies Flags;

const USAGE = 'safekeeper mariadb restore -safekeepers URL,URL,URL -to DIR [-until GTID|LSN|TIME]';
const DONE = 0;
const FAILED = 1;
const PROGRESS_EVERY_MS = 1_000;

/**
 * `safekeeper mariadb restore`: writes the stored log back as binary logs.
 * @returns the exit status: 0 done, 1 not. Says why on the terminal.
 * @throws UsageError
 */
export async function runRestoreCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(RESTORE_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(help());
    return DONE;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. ${USAGE}`);
  const directory = values.to;
  if (directory === undefined) throw new UsageError(`Into which directory? ${USAGE}`);
  const until = values.until === undefined ? undefined : parseUntil(values.until);
  if (values.until !== undefined && until === undefined) {
    throw new UsageError(
      `-until takes a GTID (0-1-5479), an LSN or a time (2026-11-23T20:00:00Z), not "${values.until}".`,
    );
  }
  const fileBase = values.name ?? 'mariadb-bin';
  if (!/^[\w.-]+$/.test(fileBase))
    throw new UsageError(`-name takes letters, digits, dots and dashes, not "${fileBase}".`);
  const client = openClient(values, USAGE);
  const stop = new AbortController();
  const stopListening = terminal.onInterrupt(() => stop.abort());
  const startedMs = performance.now();
  let shownMs = startedMs;
  let transactions = 0;
  try {
    const records = client.records({}, { signal: stop.signal });
    const result = await restore(records, {
      directory,
      fileBase,
      until,
      onUnit: ({ kind, fileNumber, endOffset }) => {
        if (kind === 'group') transactions += 1;
        if (performance.now() - shownMs < PROGRESS_EVERY_MS) return;
        shownMs = performance.now();
        terminal.err(`${formatCounted(transactions, 'transaction')}, file ${fileNumber}, position ${endOffset}`);
      },
    });
    for (const line of describe(result, directory, fileBase, performance.now() - startedMs)) terminal.out(line);
    if (!result.reachedEnd) {
      terminal.err(`${values.until} was not found: everything that is stored was restored.`);
      return FAILED;
    }
    return DONE;
  } catch (error) {
    const isExpected =
      error instanceof SafekeeperError || error instanceof BinlogError || error instanceof DirectoryNotEmptyError;
    if (!isExpected && !(error instanceof Error && 'syscall' in error)) throw error;
    terminal.err(stop.signal.aborted ? 'Interrupted: the directory holds a part only.' : error.message);
    return FAILED;
  } finally {
    stopListening();
    await client.close();
  }
}

function describe(result: Restored, directory: string, fileBase: string, elapsedMs: number): readonly string[] {
  const { files, bytes, transactions, lastGtid, lastLsn, state, before, dropped } = result;
  if (files.length === 0) return ['Nothing is stored.'];
  const lines = [
    `Restored   ${formatCounted(files.length, 'file')}, ${formatBytes(bytes)}, ${formatCounted(transactions, 'transaction')} in ${formatDuration(elapsedMs)}`,
    `Last       ${lastGtid === '' ? 'no transaction' : lastGtid}, LSN ${lastLsn}`,
    `State      ${state.toString()}`,
  ];
  for (const { fileNumber, offset, bytes: length, gtid } of dropped) {
    lines.push(
      `Left out   ${gtid === '' ? 'a transaction' : gtid} at file ${fileNumber}, position ${offset} (${formatBytes(length)}): no server ended it`,
    );
  }
  if (before.length > 0) {
    lines.push(`Begins     after ${before.map(gtidToString).join(',')}: restore a base backup that has these first`);
  }
  lines.push(`Replay     mariadb-binlog ${shellWord(`${directory}/${fileBase}`)}.[0-9]* | mariadb`);
  return lines;
}

function help(): string {
  return [
    USAGE,
    '',
    'Writes the log that the safekeepers hold as the binary logs of a MariaDB server, byte for byte as that server closed them.',
    'Transactions that no server ended are left out. Exit status: 0 done, 1 not, 2 wrong usage.',
    '',
    describeFlags(RESTORE_FLAGS),
  ].join('\n');
}
