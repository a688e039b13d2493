import type { Consistency, Query } from '../../engine/index.ts';
import { type AppContext, type Call, callOf } from './call.ts';
import { readLsnParameter } from './fields.ts';
import { malformed, type Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle } from './settle.ts';

/** `GET /api/v1/get_wal?lsn=`: one committed record. */
export async function getWal(service: Service, context: AppContext): Promise<Reply> {
  const call = callOf(context);
  const lsn = readLsnParameter(call.query('lsn'), 'lsn');
  if ('reply' in lsn) return lsn.reply;
  return read(service, call, { kind: 'record', lsn: lsn.value });
}

/** `GET /api/v1/get_latest_lsn`: the last committed record's LSN, 0 when there is none. */
export async function getLatestLsn(service: Service, context: AppContext): Promise<Reply> {
  return read(service, callOf(context), { kind: 'latest' });
}

async function read(service: Service, call: Call, query: Query): Promise<Reply> {
  const consistency = call.query('consistency') ?? 'local';
  if (!isConsistency(consistency)) {
    return malformed('consistency must be local or linearizable.', 'consistency');
  }
  return settle(service, call, undefined, service.node.read(query, consistency));
}

function isConsistency(word: string): word is Consistency {
  return word === 'local' || word === 'linearizable';
}
