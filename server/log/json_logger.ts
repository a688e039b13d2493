import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from './logger.ts';

/**
 * A logger whose lines are JSON, for programs that collect them:
 * `{"level":"info","time":"2026-01-31T12:00:00.000Z","replica":"safekeeper-1","msg":"leads","term":3}`.
 */
export function jsonLogger(replicaId: string, destination: DestinationStream): Logger {
  const log = pino(
    {
      level: 'debug',
      base: { replica: replicaId },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    debug: (message, fields) => log.debug(plain(fields), message),
    info: (message, fields) => log.info(plain(fields), message),
    warn: (message, fields) => log.warn(plain(fields), message),
    error: (message, fields) => log.error(plain(fields), message),
  };
}

/** An LSN becomes text: most programs that read logs have doubles for numbers. */
function plain(fields: LogFields = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}
