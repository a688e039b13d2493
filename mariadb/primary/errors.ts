/** The server answered a command of replication with an error. */
export class PrimaryError extends Error {
  override readonly name = 'PrimaryError';
  /** MariaDB's number, such as 1236; 0 when it is not the server's but ours. */
  readonly code: number;

  constructor(code: number, sentence: string) {
    super(code === 0 ? sentence : `${sentence} (MariaDB's error ${code})`);
    this.code = code;
  }
}

/** `ER_MASTER_FATAL_ERROR_READING_BINLOG`: what was asked of the binary log is not there, or cannot be read. */
export const READING_BINLOG_FAILED = 1236;
/** Why no repetition helps: access denied, host not allowed, privilege missing, account locked, TLS demanded. */
const LOGIN_REFUSED: ReadonlySet<number> = new Set([1044, 1045, 1130, 1142, 1227, 1698, 3159, 4151]);

/** Whether the server does not let us in, or not do what is needed: waiting changes nothing. */
export function isAccessDenied(error: unknown): boolean {
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (typeof errno === 'number' && LOGIN_REFUSED.has(errno)) return true;
  return typeof code === 'number' && LOGIN_REFUSED.has(code);
}

/** Whether TLS is refused: by the server, which has none, or by us, who do not trust it. */
export function isTlsRefused(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && (code.startsWith('HANDSHAKE_') || /CERT|SELF_SIGNED|ALTNAME/.test(code));
}

/** A file that the server does not have (any more). */
export function isFileMissing(error: unknown): boolean {
  return (
    error instanceof PrimaryError &&
    error.code === READING_BINLOG_FAILED &&
    /could not find first log/i.test(error.message)
  );
}

/** A file that ends in the middle of an event, as a crash leaves it; it stays so. */
export function isTornTail(error: unknown): boolean {
  return (
    error instanceof PrimaryError &&
    error.code === READING_BINLOG_FAILED &&
    /truncated in the middle|bogus data|error reading header|unexpected EOF/i.test(error.message)
  );
}
