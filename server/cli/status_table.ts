import type { Report } from './replica_report.ts';

const HEAD = ['REPLICA', 'URL', 'STATE', 'TERM', 'LATEST LSN', 'RECORDS', 'LAG'] as const;
/** Figures end below each other. */
const FIGURES: ReadonlySet<string> = new Set(['TERM', 'LATEST LSN', 'RECORDS', 'LAG']);

/** One line for each replica, and one for its trouble. */
export function statusTable(reports: readonly Report[]): string[] {
  const rows = [HEAD, ...reports.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return FIGURES.has(HEAD[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(HEAD),
    ...reports.flatMap((report) => {
      const row = line(cellsOf(report));
      return report.trouble === undefined ? [row] : [row, `  ${report.trouble}`];
    }),
  ];
}

/** The cluster in one sentence. */
export function verdictOf(reports: readonly Report[]): string {
  const reached = reports.filter(({ state }) => state !== undefined);
  const leaders = leadersOf(reports);
  const count = `${reached.length} of ${reports.length} replicas answer`;
  const [leader] = leaders;
  if (leader === undefined) return `${count}, and none of them leads.`;
  return `${leader.replicaId} leads term ${leader.term}; ${count}.`;
}

/** One leads, and all answer. */
export function isWell(reports: readonly Report[]): boolean {
  return leadersOf(reports).length > 0 && reports.every(({ state }) => state !== undefined);
}

/** Those who say so, the latest term first: one of an earlier term does not know yet that it was replaced. */
function leadersOf(reports: readonly Report[]): readonly Report[] {
  return reports
    .filter(({ state }) => state === 'leader')
    .sort((one, other) => Number((other.term ?? 0n) - (one.term ?? 0n)));
}

function cellsOf({ replicaId, url, state, term, latestLsn, recordCount, lag }: Report): readonly string[] {
  const figure = (value: bigint | undefined): string => value?.toString() ?? '';
  return [
    replicaId ?? '?',
    url,
    state ?? 'not reached',
    figure(term),
    figure(latestLsn),
    figure(recordCount),
    lag ?? '',
  ];
}
