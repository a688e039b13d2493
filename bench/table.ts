/** Lines of text: what, how much, of what; the figures end below each other. */
export function table(rows: readonly (readonly [what: string, figure: number, unit: string])[]): string {
  const figures = rows.map(([, figure]) => formatFigure(figure));
  const whatWidth = Math.max(...rows.map(([what]) => what.length));
  const figureWidth = Math.max(...figures.map((figure) => figure.length));
  return rows
    .map(([what, , unit], row) => `${what.padEnd(whatWidth)}  ${(figures[row] ?? '').padStart(figureWidth)} ${unit}`)
    .join('\n');
}

function formatFigure(figure: number): string {
  return figure.toLocaleString('en-US', { maximumFractionDigits: figure < 100 ? 2 : 0 });
}
