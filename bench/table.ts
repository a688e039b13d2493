/** What was measured, how much it was, of what; perhaps between which two. */
export interface Row {
  readonly what: string;
  readonly figure: number;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

/** Lines of text: what, how much, of what; the figures end below each other. */
export function table(rows: readonly Row[]): string {
  const figures = rows.map(({ figure }) => formatFigure(figure));
  const whatWidth = Math.max(...rows.map(({ what }) => what.length));
  const figureWidth = Math.max(...figures.map((figure) => figure.length));
  return rows
    .map(({ what, unit, least, most }, row) => {
      const spread =
        least === undefined || most === undefined ? '' : ` (${formatFigure(least)} to ${formatFigure(most)})`;
      return `${what.padEnd(whatWidth)}  ${(figures[row] ?? '').padStart(figureWidth)} ${unit}${spread}`;
    })
    .join('\n');
}

function formatFigure(figure: number): string {
  return figure.toLocaleString('en-US', { maximumFractionDigits: Math.abs(figure) < 100 ? 2 : 0 });
}
