import { wrap } from './paragraph.ts';

/** One line of a transcript, before it is written. */
export interface Line {
  readonly atMs: number;
  /** The replicas it is about, by number, or a client's name; empty for what is done to the world. */
  readonly from: readonly (number | string)[];
  /** Whom it is said to; empty when it is said to nobody. */
  readonly to: readonly (number | string)[];
  readonly text: string;
  /** What became of a message, if not the usual: whom it was lost to, or comes late to. */
  readonly lost?: readonly (number | string)[];
  readonly late?: readonly (number | string)[];
  /** `←` for what arrives long after it was sent. */
  readonly arrow: '→' | '←';
}

const TIME_COLUMNS = 9;
const WHO_COLUMNS = 23;
const WIDTH = 118;

/**
 * Puts lines of one instant together that say the same thing to several, and then those that several say. Replicas cannot
 * know of each other what happened in the same instant, so nothing is lost by that.
 */
export function mergeLines(lines: readonly Line[]): Line[] {
  const merged: Line[] = [];
  let instant: Line[] = [];
  for (const line of [...lines, undefined]) {
    if (instant[0] !== undefined && line?.atMs !== instant[0].atMs) {
      merged.push(...mergeInstant(instant));
      instant = [];
    }
    if (line !== undefined) instant.push(line);
  }
  return merged;
}

function mergeInstant(lines: readonly Line[]): Line[] {
  const toSeveral = mergeBy(
    lines,
    (line, earlier) => {
      if (line.to.length === 0) return undefined;
      return `${line.from.join()} ${line.arrow} ${line.text} ${repetitions(line, earlier)}`;
    },
    (one, other) => ({
      ...one,
      to: [...one.to, ...other.to],
      lost: [...(one.lost ?? []), ...(other.lost ?? [])],
      late: [...(one.late ?? []), ...(other.late ?? [])],
    }),
  );
  const fromSeveral = mergeBy(
    toSeveral,
    (line, earlier) =>
      line.from.length === 0
        ? undefined
        : `${line.to.join()} ${line.arrow} ${line.text}${fateOf(line)} ${repetitions(line, earlier)}`,
    (one, other) => ({ ...one, from: [...one.from, ...other.from] }),
  );
  return mergeBy(fromSeveral, filterOf, (one, other) => {
    const [, before = '', receivers = '', after = ''] = FILTER.exec(one.text) ?? [];
    const [, , more = ''] = FILTER.exec(other.text) ?? [];
    return { ...one, text: `${before}${receivers}, ${more}${after}` };
  });
}

/** Messages to several replicas that are filtered in the same way, as the simulator says it of each. */
const FILTER = /^(messages .* to replica-)([0-9, ]+)( (?:are|pass) .*)$/;

function filterOf({ from, text }: Line): string | undefined {
  const [, before, , after] = from.length === 0 ? (FILTER.exec(text) ?? []) : [];
  return before === undefined ? undefined : `${before}${after}`;
}

/** How often the same was said before: once more to the same receiver stays a line of its own. */
function repetitions(line: Line, earlier: readonly Line[]): number {
  const said = JSON.stringify(line);
  return earlier.filter((other) => JSON.stringify(other) === said).length;
}

/** Lines of the same key become one, at the first one's place; those without a key stay alone. */
function mergeBy(
  lines: readonly Line[],
  keyOf: (line: Line, earlier: readonly Line[]) => string | undefined,
  merge: (one: Line, other: Line) => Line,
): Line[] {
  const result: Line[] = [];
  const places = new Map<string, number>();
  for (const [number, line] of lines.entries()) {
    const key = keyOf(line, lines.slice(0, number));
    const place = key === undefined ? undefined : places.get(key);
    const before = place === undefined ? undefined : result[place];
    if (place !== undefined && before !== undefined) {
      result[place] = merge(before, line);
      continue;
    }
    if (key !== undefined) places.set(key, result.length);
    result.push(line);
  }
  return result;
}

export function formatLine(line: Line): string[] {
  const { atMs, from, to, text, arrow } = line;
  const time = (atMs / 1_000).toFixed(3).padStart(TIME_COLUMNS);
  const who = from.length === 0 ? '!' : to.length === 0 ? names(from) : `${names(from)} ${arrow} ${others(to)}`;
  const indent = TIME_COLUMNS + 2 + WHO_COLUMNS + 1;
  const [first = '', ...rest] = wrap(`${text}${fateOf(line)}`, WIDTH - indent);
  return [`${time}  ${who.padEnd(WHO_COLUMNS)} ${first}`, ...rest.map((more) => `${' '.repeat(indent)}${more}`)];
}

function fateOf({ to, lost = [], late = [] }: Line): string {
  const fates: string[] = [];
  if (lost.length > 0) fates.push(lost.length === to.length ? 'lost' : `lost to ${others(lost)}`);
  if (late.length > 0) fates.push(late.length === to.length ? 'comes late' : `comes late to ${others(late)}`);
  return fates.length === 0 ? '' : ` (${fates.join(', ')})`;
}

/** `replica-2, 3`. */
function names(who: readonly (number | string)[]): string {
  return typeof who[0] === 'number' ? `replica-${others(who)}` : others(who);
}

/** Behind an arrow replicas have only their numbers: `2, 4–7`. A client is alone. */
function others(who: readonly (number | string)[]): string {
  const [first] = who;
  if (typeof first === 'string') return first;
  const numbers = who.map(Number).sort((one, other) => one - other);
  const runs: number[][] = [];
  for (const number of numbers) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[run.length - 1] === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs
    .flatMap((run) => (run.length < 3 ? run.map(named) : [`${named(run[0])}–${named(run[run.length - 1])}`]))
    .join(', ');
}

/** Number 0 is called replica-1. */
function named(number = 0): string {
  return `${number + 1}`;
}
