import { crc32c } from '../bytes/crc32c.ts';
import type { LogEntry } from '../journal/entry.ts';
import { FRAME_HEADER_BYTES } from '../journal/entry.ts';
import { frameData } from '../journal/frame.ts';
import type { Draft } from '../state.ts';
import type { RecordProposal } from '../vocabulary/requests.ts';
import type { RequestId } from '../vocabulary/units.ts';
import { addBarrier } from './barriers.ts';
import { judgeMissed } from './judge.ts';
import { close } from './open.ts';
import { holeAnswer } from './query.ts';
import { refuseRecord } from './refuse.ts';
import { waitForCommit } from './waiters.ts';

/** What the log holds at an LSN that it has passed. */
export type StoredAt =
  | { readonly kind: 'entry'; readonly entry: LogEntry }
  | { readonly kind: 'absent' }
  | { readonly kind: 'damaged' };

/**
 * Judges a record whose LSN the log has passed by what the log holds there. The same record again is a success, but
 * only once that entry is committed: until then it may yet be replaced.
 */
export function judgeStored(d: Draft, request: RequestId, record: RecordProposal, stored: StoredAt): void {
  const { lsn } = record;
  if (stored.kind === 'damaged') {
    close(d, request, holeAnswer(lsn));
  } else if (stored.kind === 'absent') {
    const { code, sentence } = judgeMissed(d.journal, record);
    refuseRecord(d, request, lsn, { code, sentence, basis: d.journal.lastIndex });
  } else if (isSameRecord(stored.entry, record)) {
    waitForCommit(d, stored.entry.index, { request, success: { kind: 'stored', lsn } });
  } else {
    // Its successors may wait on: the record stored here may be the one they follow.
    const sentence = `another record is stored at LSN ${lsn}`;
    addBarrier(d, request, stored.entry.index, { kind: 'refuse', code: 'conflict', sentence });
  }
}

/** The same bytes, space id and page number. The checksum only makes the common difference cheap to see. */
function isSameRecord(entry: LogEntry, record: RecordProposal): boolean {
  if (entry.kind !== 'record' || entry.lsn !== record.lsn) return false;
  if (entry.spaceId !== record.spaceId || entry.pageNo !== record.pageNo) return false;
  if (entry.body.length !== FRAME_HEADER_BYTES + record.data.length) return false;
  if (entry.checksum !== crc32c(record.data)) return false;
  const data = frameData(entry.body);
  for (let i = 0; i < data.length; i++) if (data[i] !== record.data[i]) return false;
  return true;
}
