import type { StatusReport } from '../../../mariadb/connector/index.ts';
import { fromLsn } from '../../../mariadb/binlog/lsn.ts';
import { formatBytes, formatCounted, formatDuration } from '../amounts.ts';
import { type Flags, parseFlags, UsageError } from '../flags.ts';
import { describeFlags } from '../help.ts';
import type { Terminal } from '../terminal.ts';

const STATUS_FLAGS = {
  connector: {
    kind: 'text',
    help: "The connector's -listen address.",
    placeholder: 'URL',
    absent: 'http://127.0.0.1:8093',
    environment: 'SAFEKEEPER_CONNECTOR',
  },
  json: { kind: 'switch', help: 'As JSON, for programs.', absent: 'no' },
} as const satisfies Flags;

const USAGE = 'safekeeper mariadb status [-connector URL] [-json]';
const CONNECTOR_DEFAULT = 'http://127.0.0.1:8093';
const TIMEOUT_MS = 5_000;

/**
 * `safekeeper mariadb status`.
 * @returns the exit status: 0 all is well, 1 there are alarms, or the connector does not answer.
 * @throws UsageError
 */
export async function runConnectorStatusCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, helpWanted, positional } = parseFlags(STATUS_FLAGS, args, terminal.environment);
  if (helpWanted) {
    terminal.out(
      [
        USAGE,
        '',
        'Shows whether the server is attached, what the quorum has of its log, and what is wrong. Exit status: 0 all is well,',
        '1 there are alarms or no answer, 2 wrong usage.',
        '',
        describeFlags(STATUS_FLAGS),
      ].join('\n'),
    );
    return 0;
  }
  if (positional.length > 0) throw new UsageError(`"${positional[0]}" is no flag. ${USAGE}`);
  const url = values.connector ?? CONNECTOR_DEFAULT;
  if (!URL.canParse(url)) throw new UsageError(`-connector takes a URL such as ${CONNECTOR_DEFAULT}, not "${url}".`);
  let report: StatusReport;
  try {
    const response = await fetch(new URL('/status', url), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    report = (await response.json()) as StatusReport;
    if (typeof report.phase !== 'string' || !Array.isArray(report.alarms)) throw new Error('it is no connector');
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    terminal.err(
      `No connector answers at ${url}: ${cause instanceof Error ? cause.message : String(cause)}. Commits of its server wait.`,
    );
    return 1;
  }
  for (const line of values.json === true ? [JSON.stringify(report)] : describeStatus(report, Date.now()))
    terminal.out(line);
  return report.alarms.length === 0 ? 0 : 1;
}

/** The report as lines for a person. */
export function describeStatus(report: StatusReport, nowMs: number): readonly string[] {
  const { phase, server, acknowledgedGtid, acknowledgedLsn, file, position, generation } = report;
  const { fileNumber, offset } = fromLsn(BigInt(acknowledgedLsn));
  const heard = report.heardAtMs === 0 ? 'never' : `${formatDuration(Math.max(0, nowMs - report.heardAtMs))} ago`;
  const behind = server.gtidBinlogPosition === '' ? 'unknown' : server.gtidBinlogPosition;
  return [
    `State        ${phase}${report.trouble === '' ? '' : `: ${report.trouble}`}`,
    `Generation   ${generation ?? 'not taken yet'}`,
    `Receiving    ${file === '' ? 'nothing yet' : `${file}, position ${position}`}; the server was heard ${heard}`,
    `With quorum  ${acknowledgedGtid === '' ? 'no transaction yet' : acknowledgedGtid} (binary log ${fileNumber}, position ${offset}); the server has ${behind}`,
    `Open         ${formatCounted(report.openRecords, 'record')}; ${formatCounted(server.waitingCommits, 'commit')} waiting`,
    `So far       ${formatCounted(report.recordsTotal, 'record')}, ${formatBytes(report.bytesTotal)}; attached ${formatCounted(report.attachedTotal, 'time')}`,
    `Escaped      ${formatCounted(server.escapedCommits, 'commit')} while this connector ran, ${server.escapedBefore} since the server started`,
    ...(server.trouble === '' ? [] : [`Server       ${server.trouble}`]),
    ...report.alarms.map(({ code, sentence }) => `ALARM        ${code}: ${sentence}`),
  ];
}
