import type { Answer, StoredRecord } from '../../engine/index.ts';
import { encodeBase64 } from './base64.ts';
import type { ExactJson } from './exact_json.ts';
import { overloaded, problem, type Reply, RETRY_SOON, success } from './reply.ts';

/** Answers that the server passes on to another replica instead. */
export type FinalAnswer = Exclude<Answer, { kind: 'notLeader' }>;

/** The engine's answer as HTTP: the table of errors in docs/api. */
export function replyFor(answer: FinalAnswer): Reply {
  switch (answer.kind) {
    case 'stored':
      return success({ last_applied_lsn: answer.lsn });
    case 'generationRaised':
      return success({ generation: answer.generation, latest_lsn: answer.latestLsn });
    case 'latest':
      return success({ latest_lsn: answer.lsn });
    case 'record':
      return success(recordFields(answer));
    case 'range':
      return success({
        wals: answer.records.map(recordFields),
        next_lsn: answer.next,
        more: answer.more,
        latest_lsn: answer.latestLsn,
      });
    case 'notFound':
      return problem(404, 'not_found', `No committed record has the LSN ${answer.lsn}.`, {
        lsn: answer.lsn,
        latest_lsn: answer.latestLsn,
      });
    case 'refused':
      return problem(409, answer.code, answer.sentence, { latest_lsn: answer.latestLsn });
    case 'tooLarge':
      return problem(413, 'too_large', answer.sentence);
    case 'overloaded':
      return overloaded(answer.sentence);
    case 'unknown':
      return problem(503, 'unknown', answer.sentence, {}, RETRY_SOON);
    case 'unavailable':
      return problem(503, 'unavailable', answer.sentence, {}, RETRY_SOON);
    case 'damaged':
      return problem(503, 'damaged', answer.sentence);
  }
}

/** About how many bytes the reply has, if they are many: known before it is put together. */
export function encodedBytes(answer: FinalAnswer): number {
  if (answer.kind === 'record') return encodedLength(answer);
  if (answer.kind === 'range') return answer.records.reduce((sum, record) => sum + encodedLength(record), 0);
  return 0;
}

/** Base64, and the fields around it. */
function encodedLength({ data }: StoredRecord): number {
  return Math.ceil((data.byteLength * 4) / 3) + 100;
}

/** Nobody who could decide is known, or can be reached. Nothing was stored by this request. */
export function noLeader(sentence: string): Reply {
  return problem(503, 'no_leader', sentence, {}, RETRY_SOON);
}

/** The leader was reached and did not answer: the record may be stored or not. */
export function outcomeUnknown(sentence: string): Reply {
  return problem(503, 'unknown', sentence, {}, RETRY_SOON);
}

/** A record as it is shown in JSON. */
export function recordFields({ lsn, data, spaceId, pageNo }: StoredRecord): Record<string, ExactJson | undefined> {
  return { lsn, wal_data: encodeBase64(data), space_id: spaceId, page_no: pageNo };
}
