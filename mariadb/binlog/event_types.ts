/** The event types that matter for cutting. Source: MariaDB, sql/log_event.h, enum Log_event_type. */
export const EVENT_TYPE = {
  startV3: 1,
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  slave: 7,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  incident: 26,
  heartbeat: 27,
  mysqlGtid: 33,
  mysqlAnonymousGtid: 34,
  mysqlPreviousGtids: 35,
  xaPrepare: 38,
  annotateRows: 160,
  binlogCheckpoint: 161,
  gtid: 162,
  gtidList: 163,
  startEncryption: 164,
} as const;

/** Events that belong to no group. Source: `Log_event::is_group_event`. */
const OUTSIDE_GROUPS: ReadonlySet<number> = new Set([
  EVENT_TYPE.startV3,
  EVENT_TYPE.stop,
  EVENT_TYPE.rotate,
  EVENT_TYPE.slave,
  EVENT_TYPE.formatDescription,
  EVENT_TYPE.incident,
  EVENT_TYPE.heartbeat,
  EVENT_TYPE.binlogCheckpoint,
  EVENT_TYPE.gtidList,
  EVENT_TYPE.startEncryption,
]);

/** Events that prepare the one statement of a standalone group. Source: `Log_event::is_part_of_group`. */
const BEFORE_THE_STATEMENT: ReadonlySet<number> = new Set([
  EVENT_TYPE.gtid,
  EVENT_TYPE.intvar,
  EVENT_TYPE.rand,
  EVENT_TYPE.userVar,
  EVENT_TYPE.tableMap,
  EVENT_TYPE.annotateRows,
]);

export function isOutsideGroups(type: number): boolean {
  return OUTSIDE_GROUPS.has(type);
}

export function isBeforeTheStatement(type: number): boolean {
  return BEFORE_THE_STATEMENT.has(type);
}

const COMMIT = Buffer.from('\0COMMIT', 'latin1');
const ROLLBACK = Buffer.from('\0ROLLBACK', 'latin1');

/** How many last bytes of an event, before its checksum, `endsTransaction` looks at. */
export const TAIL_BYTES = ROLLBACK.byteLength;

/**
 * Whether an event ends a group that is not standalone: XID, XA PREPARE, and the queries COMMIT and ROLLBACK, where the
 * NUL ends the database name before the query. Source: MariaDB, sql/sql_repl.cc and
 * `Query_log_event::peek_is_commit_rollback`.
 * @param tail the event's last bytes without its checksum, at least `TAIL_BYTES` or the whole event.
 */
export function endsTransaction(type: number, tail: Uint8Array): boolean {
  if (type === EVENT_TYPE.xid || type === EVENT_TYPE.xaPrepare) return true;
  return type === EVENT_TYPE.query && (endsWith(tail, COMMIT) || endsWith(tail, ROLLBACK));
}

function endsWith(bytes: Uint8Array, end: Buffer): boolean {
  return bytes.byteLength >= end.byteLength && end.equals(bytes.subarray(bytes.byteLength - end.byteLength));
}
