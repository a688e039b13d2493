/**
 * The one way every subcommand reads its flags: one dash or two, a space or `=`, and, where a flag names one, an
 * environment variable, so that secrets stay out of process lists. What was typed wins over the environment.
 */
import { parseBytes, parseDurationMs } from './flag_values.ts';
import { nearest } from './nearest.ts';

/** What a flag's text means. `switch` is true or false; `list` is comma-separated; `bytes` takes 512, 64KiB, 16MiB. */
export type FlagKind = 'text' | 'integer' | 'durationMs' | 'bytes' | 'list' | 'switch';

export interface Flag {
  readonly kind: FlagKind;
  /** One line for `--help`. */
  readonly help: string;
  /** The heading it stands under in `--help`. */
  readonly group?: string;
  /** What stands for the value in `--help`, e.g. `PORT`. */
  readonly placeholder?: string;
  /** What `--help` says of an absent flag. */
  readonly absent?: string;
  /** The environment variable read when the flag was not typed, e.g. `SAFEKEEPER_PORT`. */
  readonly environment?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<Kind extends FlagKind> = Kind extends 'text'
  ? string
  : Kind extends 'list'
    ? readonly string[]
    : Kind extends 'switch'
      ? boolean
      : number;

export type FlagValues<F extends Flags> = { readonly [Name in keyof F]: ValueOf<F[Name]['kind']> | undefined };

export interface ParsedFlags<F extends Flags> {
  /** Absent flags are `undefined`: the caller knows its defaults. */
  readonly values: FlagValues<F>;
  /** What is no flag, in order. */
  readonly positional: readonly string[];
  /** `-h`, `-help` or `--help` was among the arguments; nothing else was checked then. */
  readonly helpWanted: boolean;
}

/** The command line cannot be obeyed; the sentence says why and what to do. The process ends with status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `args` by `flags`. After `--` everything is positional.
 *
 * @throws UsageError for an unknown flag (with the nearest known one), a missing or malformed value, a flag given twice.
 */
export function parseFlags<const F extends Flags>(
  flags: F,
  args: readonly string[],
  environment: Environment = {},
): ParsedFlags<F> {
  const found = new Map<string, unknown>();
  const positional: string[] = [];
  const ended = args.indexOf('--');
  const ours = ended < 0 ? args : args.slice(0, ended);
  if (ours.some(isHelp)) return { values: {} as FlagValues<F>, positional, helpWanted: true };

  for (let at = 0; at < ours.length; at++) {
    const argument = ours[at] ?? '';
    if (!isFlag(argument)) {
      positional.push(argument);
      continue;
    }
    const { name, text } = splitFlag(argument);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) throw unknownFlag(name, flags);
    if (found.has(name)) throw new UsageError(`-${name} is given twice; give it once.`);
    if (flag.kind === 'switch') {
      found.set(name, text === undefined ? true : readValue(`-${name}`, flag, text));
      continue;
    }
    const value = text ?? ours[++at];
    if (value === undefined) throw new UsageError(`-${name} needs a value: -${name} ${placeholderOf(name, flag)}.`);
    found.set(name, readValue(`-${name}`, flag, value));
  }
  if (ended >= 0) positional.push(...args.slice(ended + 1));
  addFromEnvironment(flags, environment, found);
  const values = Object.fromEntries(Object.keys(flags).map((name) => [name, found.get(name)]));
  return { values: values as FlagValues<F>, positional, helpWanted: false };
}

/** The word that stands for a flag's value in help and in errors. */
export function placeholderOf(name: string, flag: Flag): string {
  if (flag.placeholder !== undefined) return flag.placeholder;
  if (flag.kind === 'durationMs') return 'DURATION';
  if (flag.kind === 'integer') return 'N';
  if (flag.kind === 'bytes') return 'BYTES';
  return name.replace(/^.*-/, '').toUpperCase();
}

function isHelp(argument: string): boolean {
  return argument === '-h' || argument === '-help' || argument === '--help';
}

/** `-5` and `-` are values, not flags. */
function isFlag(argument: string): boolean {
  return /^--?[A-Za-z]/.test(argument);
}

function splitFlag(argument: string): { readonly name: string; readonly text: string | undefined } {
  const bare = argument.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  return equals < 0 ? { name: bare, text: undefined } : { name: bare.slice(0, equals), text: bare.slice(equals + 1) };
}

function unknownFlag(name: string, flags: Flags): UsageError {
  const like = nearest(name, Object.keys(flags));
  const advice = like === undefined ? 'See -help for the flags there are.' : `Did you mean -${like}? See also -help.`;
  return new UsageError(`There is no flag -${name}. ${advice}`);
}

function addFromEnvironment(flags: Flags, environment: Environment, found: Map<string, unknown>): void {
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.environment === undefined || found.has(name)) continue;
    const text = environment[flag.environment];
    if (text === undefined || text === '') continue;
    found.set(name, readValue(flag.environment, flag, text));
  }
}

/** `source` is the flag or the variable, for the sentence. Values of secret flags never stand in a sentence. */
function readValue(source: string, flag: Flag, text: string): unknown {
  switch (flag.kind) {
    case 'text':
      return text;
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'integer': {
      const value = Number(text);
      if (/^-?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
      throw new UsageError(`${source} takes a whole number, not "${text}".`);
    }
    case 'bytes': {
      const value = parseBytes(text);
      if (value !== undefined) return value;
      throw new UsageError(`${source} takes a number of bytes such as 65536, 64KiB or 16MiB, not "${text}".`);
    }
    case 'durationMs': {
      const value = parseDurationMs(text);
      if (value !== undefined) return value;
      throw new UsageError(`${source} takes a duration such as 500ms, 1.5s or 2m, not "${text}".`);
    }
    case 'switch': {
      if (/^(true|1|yes|on)$/i.test(text)) return true;
      if (/^(false|0|no|off)$/i.test(text)) return false;
      throw new UsageError(`${source} is on or off: true or false, not "${text}".`);
    }
  }
}
