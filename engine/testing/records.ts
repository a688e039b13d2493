import { encodeUtf8 } from '../bytes/utf8.ts';
import type { RecordProposal } from '../vocabulary/requests.ts';

/** A record of a text, for tests. */
export function record(lsn: bigint, text: string, change: Partial<RecordProposal> = {}): RecordProposal {
  return {
    kind: 'record',
    lsn,
    data: encodeUtf8(text),
    spaceId: undefined,
    pageNo: undefined,
    previousLsn: undefined,
    generation: 0,
    ...change,
  };
}
