import type { Inspection } from '../../engine/index.ts';
import { termAt } from '../../engine/replica/term_spans.ts';

const NAME_COLUMNS = 13;
const CELL_COLUMNS = 5;

/**
 * The logs of all replicas, as the Raft paper draws them: a column for each index, in it the entry's term. In brackets
 * what is not yet on the disk, with a question mark what has lost its bytes. Undefined: the replica is down.
 */
export function logTable(replicas: readonly (Inspection | undefined)[]): string[] {
  const longest = Math.max(0, ...replicas.map((replica) => replica?.lastIndex ?? 0));
  const indexes = Array.from({ length: longest }, (_, at) => at + 1);
  const head = `${'index'.padStart(NAME_COLUMNS)}${indexes.map((index) => cell(`${index}`)).join('')}`;
  return [
    head,
    ...replicas.map((replica, number) => {
      const name = `replica-${number + 1}`.padStart(NAME_COLUMNS);
      if (replica === undefined) return `${name}${cell('down')}`;
      const terms = indexes.map((index) => cell(termCell(replica, index))).join('');
      return `${name}${terms}   ${stateOf(replica)}`.trimEnd();
    }),
  ];
}

function cell(text: string): string {
  return text.padStart(CELL_COLUMNS);
}

function termCell({ termSpans, lastIndex, durableIndex, holes }: Inspection, index: number): string {
  if (index > lastIndex) return '';
  const term = `${termAt(termSpans, index)}`;
  if (holes.includes(index)) return `${term}?`;
  return index > durableIndex ? `(${term})` : term;
}

function stateOf({ phase, role, term, commitIndex }: Inspection): string {
  if (phase !== 'member') return phase;
  const leads = role === 'leader' ? 'leads ' : '';
  return `${leads}term ${term}, committed ${commitIndex}`;
}
