/** Cutting MariaDB's binary logs into records; what a record is: mariadb/README.md. */
export { type BinaryLog, type CutNotice, cutFile } from './cut_file.ts';
export { type BinlogDirectory, listBinaryLogs } from './directory.ts';
export { BinlogError, type BinlogErrorCode } from './errors.ts';
export type { BinlogEvent, EventPiece, EventRole } from './binlog_event.ts';
export { endsUnit, FRAGMENT_BYTES } from './fragments.ts';
export { type Gtid, gtidToString, parseGtidList } from './gtid.ts';
export { type CutRecord, GroupCutter } from './group_cutter.ts';
export { transactionsBefore } from './history_start.ts';
export { type BinlogPosition, fromLsn, toLsn } from './lsn.ts';
export { type Continuation, continueAfter, recordsOf, type ResumeHooks, type StoredRecord } from './resume.ts';
