import type { Inspection } from '../../engine/index.ts';
import type { Scenario } from '../../sim/index.ts';
import type { Note } from '../builder/index.ts';
import { formatLine, type Line, mergeLines } from './line.ts';
import { logTable } from './log_table.ts';
import { Narrator } from './narrator.ts';
import { wrapParagraphs } from './paragraph.ts';
import { watch } from './watch.ts';

const PARAGRAPH_COLUMNS = 100;

/** Lets a scenario happen and writes down what a reader should see of it, with the notes where they belong. */
export function transcribe(scenario: Scenario, notes: readonly Note[]): string[] {
  const { pieces, fates } = watch(scenario, notes);
  const narrator = new Narrator(fates);
  const written: string[] = [];
  let lines: Line[] = [];
  const flush = (): void => {
    for (const line of mergeLines(lines)) written.push(...formatLine(line));
    lines = [];
  };
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'note': {
        flush();
        const [first, ...rest] = formatNote(piece.note, piece.logs);
        // One empty line is enough.
        if (first !== undefined) written.push(...(written[written.length - 1] === '' ? rest : [first, ...rest]));
        narrator.detail = piece.note.detail ?? narrator.detail;
        narrator.diskOf = piece.note.diskOf ?? narrator.diskOf;
        break;
      }
      case 'durable': {
        const { atMs, replica, text } = piece;
        if (narrator.tellsOfDisks) lines.push({ atMs, from: [replica], to: [], text, arrow: '→' });
        break;
      }
      case 'happening': {
        const line = narrator.tell(piece.happening);
        if (line !== undefined) lines.push(line);
      }
    }
  }
  flush();
  return written;
}

function formatNote({ text, logs: isDrawn }: Note, logs: readonly (Inspection | undefined)[]): string[] {
  if (text !== undefined) return ['', ...wrapParagraphs(text, PARAGRAPH_COLUMNS), ''];
  return isDrawn === true ? ['', ...logTable(logs), ''] : [];
}
