import type { RecordProposal } from '../../engine/index.ts';
import { decodeBase64 } from './base64.ts';
import { withBody } from './body.ts';
import { type AppContext, callOf } from './call.ts';
import { refuseContentType } from './content_type.ts';
import {
  type JsonObject,
  type Reading,
  readGeneration,
  readJsonObject,
  readLsn,
  readPreviousLsn,
  readUint32,
} from './fields.ts';
import { malformed, type Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle } from './settle.ts';
import { cutWalData } from './wal_data.ts';

/** `POST /api/v1/stream_wal`: stores one record on a quorum. */
export async function streamWal(service: Service, context: AppContext): Promise<Reply> {
  const call = callOf(context);
  const refusal = refuseContentType(call);
  if (refusal !== undefined) return refusal;
  return withBody(context, service.bodyLimits, async (body) => {
    const reading = readRecord(body);
    if ('reply' in reading) return reading.reply;
    return settle(service, call, body, service.node.propose(reading.value));
  });
}

/** The record that a body holds. Its data has memory of its own: the body can be forgotten. */
export function readRecord(body: Uint8Array): Reading<RecordProposal> {
  const cut = cutWalData(body);
  const parsed = readJsonObject(cut?.rest ?? body);
  if ('reply' in parsed) return parsed;
  const object = parsed.value;
  const lsn = readLsn(object, 'lsn');
  if ('reply' in lsn) return lsn;
  const data = readData(object, cut?.base64);
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
      generation: generation.value ?? 0,
    },
  };
}

/** `cut` is what was taken out of the body before it was parsed; it counts where the body has its place. */
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
