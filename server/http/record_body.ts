import type { RecordProposal } from '../../engine/index.ts';
import { decodeBase64 } from './base64.ts';
import {
  type JsonObject,
  type Reading,
  readGeneration,
  readJson,
  readLsn,
  readObject,
  readPreviousLsn,
  readUint32,
} from './fields.ts';
import { malformed, problem, withFields } from './reply.ts';
import { cutWalData } from './wal_data.ts';

/** What a body asks for: one record, or several in order. */
export type Records =
  | { readonly kind: 'one'; readonly record: RecordProposal }
  | { readonly kind: 'several'; readonly records: readonly RecordProposal[] };

/** More records than this are not taken at once: they are in memory together until the last is stored. */
export const RECORDS_MAX = 1_000;

const EXAMPLE = '{"lsn":1000,"wal_data":"aGVsbG8="}';

/** The records that a body holds. Their data has memory of its own: the body can be forgotten. */
export function readRecords(body: Uint8Array): Reading<Records> {
  const cut = cutWalData(body);
  const parsed = readJson(cut?.rest ?? body);
  if ('reply' in parsed) return parsed;
  if (Array.isArray(parsed.value)) return readArray(parsed.value, cut?.base64);
  const record = readRecord(parsed.value, cut?.base64);
  return 'reply' in record ? record : { value: { kind: 'one', record: record.value } };
}

/** The one record that a line of a stream holds; `generation` is what the stream says for those that name none. */
export function readOneRecord(line: Uint8Array, generation: number): Reading<RecordProposal> {
  const cut = line.byteLength < WORTH_CUTTING_BYTES ? undefined : cutWalData(line);
  const parsed = readJson(cut?.rest ?? line);
  return 'reply' in parsed ? parsed : readRecord(parsed.value, cut?.base64, generation);
}

/** Below this size the parser copies the data faster than it could be found and taken out. */
const WORTH_CUTTING_BYTES = 4_096;

/**
 * What is sent in one array enters in its order: each record follows the one before it, if it names no other. So it is
 * always the beginning of the array that is stored when not all of it is, and sending the array again goes on there.
 */
function readArray(values: readonly unknown[], base64: string | undefined): Reading<Records> {
  if (values.length === 0) return { reply: malformed('The array holds no record.') };
  if (values.length > RECORDS_MAX) {
    return { reply: problem(413, 'too_large', `${values.length} records are too many at once: send ${RECORDS_MAX}.`) };
  }
  const records: RecordProposal[] = [];
  for (const [index, value] of values.entries()) {
    const reading = readRecord(value, base64);
    if ('reply' in reading) return { reply: withFields(reading.reply, { index }) };
    const before = records.at(-1);
    const record = { ...reading.value, previousLsn: reading.value.previousLsn ?? before?.lsn };
    if (before !== undefined && record.lsn <= before.lsn) {
      const sentence = `LSN ${record.lsn} stands behind LSN ${before.lsn}: the records of an array ascend.`;
      return { reply: withFields(malformed(sentence, 'lsn'), { index }) };
    }
    records.push(record);
  }
  return { value: { kind: 'several', records } };
}

/** `base64` is what was taken out of the body before it was parsed; it is the data of the one record that names any. */
function readRecord(value: unknown, base64: string | undefined, defaultGeneration = 0): Reading<RecordProposal> {
  const parsed = readObject(value, EXAMPLE);
  if ('reply' in parsed) return parsed;
  const object = parsed.value;
  const lsn = readLsn(object, 'lsn');
  if ('reply' in lsn) return lsn;
  const data = readData(object, base64);
  if ('reply' in data) return data;
  const spaceId = readUint32(object, 'space_id');
  if ('reply' in spaceId) return spaceId;
  const pageNo = readUint32(object, 'page_no');
  if ('reply' in pageNo) return pageNo;
  const previousLsn = readPreviousLsn(object, 'prev_lsn');
  if ('reply' in previousLsn) return previousLsn;
  const generation = readGeneration(object, 'generation');
  if ('reply' in generation) return generation;
  return {
    value: {
      kind: 'record',
      lsn: lsn.value,
      data: data.value,
      spaceId: spaceId.value,
      pageNo: pageNo.value,
      previousLsn: previousLsn.value,
      generation: generation.value ?? defaultGeneration,
    },
  };
}

function readData(object: JsonObject, cut: string | undefined): Reading<Uint8Array> {
  const given = Object.hasOwn(object, 'wal_data') ? object['wal_data'] : undefined;
  if (given === undefined || given === null) {
    return { reply: malformed('wal_data is missing; a record without data has "wal_data":"".', 'wal_data') };
  }
  const text = cut ?? given;
  const data = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (data !== undefined) return { value: data };
  return {
    reply: malformed('wal_data must be standard base64 (RFC 4648, with padding, without line breaks).', 'wal_data'),
  };
}
