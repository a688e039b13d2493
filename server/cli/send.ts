import { AbortedError, MalformedError, SafekeeperClient } from '../../client/index.ts';
import {
  type Continuation,
  continueAfter,
  type CutRecord,
  fromLsn,
  listBinaryLogs,
  recordsOf,
  type StoredRecord,
  transactionsBefore,
} from '../../mariadb/binlog/index.ts';
import { UsageError } from './flags.ts';
import { Interruption } from './interruption.ts';
import { parseSendOptions, type SendOptions, sendHelp } from './send_options.ts';
import { SendProgress } from './send_progress.ts';
import {
  describeBefore,
  describeError,
  describeLogs,
  describeNotice,
  describeResult,
  describeStart,
  sumOfSizes,
} from './send_report.ts';
import { processTerminal, type Terminal } from './terminal.ts';

const SUCCESS = 0;
const FAILURE = 1;
const USAGE = 2;

/**
 * `safekeeper send`: streams a directory of MariaDB binary logs to the safekeepers, after what they hold already.
 * @returns the exit status: 0 all is stored, 1 not all, 2 wrong usage. Says why on the terminal.
 */
export async function runSendCommand(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  let options: SendOptions | 'help';
  let client: SafekeeperClient;
  let progress: SendProgress;
  try {
    options = parseSendOptions(args, terminal.environment);
    if (options === 'help') {
      terminal.out(sendHelp());
      return SUCCESS;
    }
    progress = new SendProgress(terminal, options.timeoutMs);
    client = connect(options, progress);
  } catch (error) {
    terminal.err(describeError(error, undefined));
    return USAGE;
  }
  const interruption = new Interruption(terminal);
  progress.start();
  try {
    await send(options, client, progress, interruption, terminal);
    if (!interruption.wanted) return SUCCESS;
  } catch (error) {
    progress.stop();
    const forced = interruption.signal.aborted && error instanceof AbortedError;
    if (!forced) terminal.err(describeError(error, options.directory));
  } finally {
    progress.stop();
    interruption.end();
    await client.close();
  }
  if (interruption.wanted) terminal.err('Interrupted. The same command goes on from here.');
  return FAILURE;
}

/** @throws UsageError when a URL cannot be used. */
function connect(options: SendOptions, progress: SendProgress): SafekeeperClient {
  try {
    return new SafekeeperClient({
      urls: options.urls,
      apiKey: options.apiKey,
      bearerToken: options.authToken,
      timeoutMs: options.timeoutMs,
      tls: options.tls,
      onEvent: (event) => progress.heard(event),
    });
  } catch (error) {
    throw error instanceof MalformedError ? new UsageError(`-to: ${error.message}`) : error;
  }
}

async function send(
  options: SendOptions,
  client: SafekeeperClient,
  progress: SendProgress,
  interruption: Interruption,
  terminal: Terminal,
): Promise<void> {
  const { logs, ignored } = await listBinaryLogs(options.directory);
  terminal.err(describeLogs(logs, ignored));
  const stored = await lastStored(client, interruption.signal);
  progress.good();
  const continuation = continueAfter(logs, stored);
  terminal.err(describeStart(stored, continuation.logs));

  const { after } = continuation;
  const skippedInFile = after === undefined ? 0 : fromLsn(after.lsn).offset;
  const skipped = {
    files: logs.length - continuation.logs.length,
    records: 0,
    bytes: sumOfSizes(logs) - sumOfSizes(continuation.logs) + skippedInFile,
  };
  progress.expect(sumOfSizes(continuation.logs) - skippedInFile);
  interruption.underWay();
  try {
    await client.writeAll(recordsToSend(continuation, stored, skipped, interruption, terminal), {
      window: options.window,
      generation: options.generation,
      previousLsn: stored?.lsn ?? 0n,
      signal: interruption.signal,
      onAcknowledged: ({ lsn, data }) => progress.acknowledged(lsn, data.byteLength),
    });
  } finally {
    progress.stop();
    for (const line of describeResult(progress.soFar, skipped)) terminal.out(line);
  }
}

/** The record that everything else continues, asked of a quorum. */
async function lastStored(client: SafekeeperClient, signal: AbortSignal): Promise<StoredRecord | undefined> {
  const lsn = await client.latestLsn({ signal });
  return lsn === 0n ? undefined : await client.get(lsn, { signal });
}

async function* recordsToSend(
  continuation: Continuation,
  stored: StoredRecord | undefined,
  skipped: { records: number },
  interruption: Interruption,
  terminal: Terminal,
): AsyncGenerator<CutRecord, void, undefined> {
  let atBeginning = stored === undefined;
  const records = recordsOf(continuation, {
    onSkipped: () => void (skipped.records += 1),
    onNotice: (notice) => terminal.err(describeNotice(notice)),
  });
  for await (const record of records) {
    if (interruption.wanted) return;
    const before = atBeginning ? transactionsBefore(record) : undefined;
    if (before !== undefined) {
      atBeginning = false;
      if (before.length > 0) terminal.err(describeBefore(before, continuation.logs[0]));
    }
    yield record;
  }
}
