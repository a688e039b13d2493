export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** One line per event. Messages are sentences or their beginnings; what varies stands in the fields. Never a secret. */
export interface Logger {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

/** A logger whose lines go to `write`, e.g. `2026-01-31T12:00:00.000Z INFO  became leader term=3`. */
export function textLogger(write: (line: string) => void, now: () => Date = () => new Date()): Logger {
  const log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    write(`${now().toISOString()} ${level.toUpperCase().padEnd(5)} ${oneLine(message)}${formatFields(fields)}\n`);
  };
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

/** For tests and for callers that want silence. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Passes on what is at least as grave as `least`. */
export function atLeast(least: LogLevel, log: Logger): Logger {
  const from = LOG_LEVELS.indexOf(least);
  const passes = (level: LogLevel): boolean => LOG_LEVELS.indexOf(level) >= from;
  return {
    debug: passes('debug') ? log.debug : SILENT.debug,
    info: passes('info') ? log.info : SILENT.info,
    warn: passes('warn') ? log.warn : SILENT.warn,
    error: log.error,
  };
}

function formatFields(fields: LogFields): string {
  let text = '';
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += ` ${name}=${formatValue(value)}`;
  }
  return text;
}

/** Quoted when it would not read as one word. */
function formatValue(value: string | number | bigint | boolean): string {
  const text = String(value);
  return typeof value === 'string' && !/^[\w.:,/@%+-]+$/.test(text) ? JSON.stringify(text) : text;
}

/** What others sent may stand in a message: it must not forge a line of its own, nor steer a terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
