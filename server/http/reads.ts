import { type Consistency, LSN_MAX, type Query } from '../../engine/index.ts';
import { type AppContext, type Call, callOf } from './call.ts';
import { readCountParameter, readLsnParameter } from './fields.ts';
import { malformed, problem, type Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle } from './settle.ts';

/** `GET /api/v1/get_wal?lsn=`: one committed record. */
export async function getWal(service: Service, context: AppContext): Promise<Reply> {
  const call = callOf(context);
  const lsn = readLsnParameter(call.query('lsn'), 'lsn');
  if ('reply' in lsn) return lsn.reply;
  return read(service, call, { kind: 'record', lsn: lsn.value });
}

/** Records in a page, when no limit is given and at most. */
const PAGE_RECORDS = { absent: 1_000, max: 10_000 } as const;
/** Data in a page, in bytes: enough that asking again costs little, and no burden on the replica. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** `GET /api/v1/get_wal_range?start_lsn=&end_lsn=&limit=`: committed records in order, a page of them. */
export async function getWalRange(service: Service, context: AppContext): Promise<Reply> {
  const call = callOf(context);
  const from = readLsnParameter(call.query('start_lsn'), 'start_lsn', 1n);
  if ('reply' in from) return from.reply;
  const through = readLsnParameter(call.query('end_lsn'), 'end_lsn', LSN_MAX);
  if ('reply' in through) return through.reply;
  const limit = readCountParameter(call.query('limit'), 'limit', PAGE_RECORDS);
  if ('reply' in limit) return limit.reply;
  return read(service, call, {
    kind: 'range',
    from: from.value,
    through: through.value,
    countMax: limit.value,
    bytesMax: PAGE_BYTES,
  });
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
  if (query.kind === 'latest') return settle(service, call, undefined, service.node.read(query, consistency));
  const done = await service.reads.turn(call);
  if (done === undefined) {
    return problem(429, 'overloaded', 'Too many reads wait; send it again in a moment.', {}, { 'retry-after': '1' });
  }
  const pending = service.node.read(query, consistency);
  // Its turn lasts until the engine has answered: what another replica is asked then holds nobody up here.
  void pending.answer.finally(done);
  return settle(service, call, undefined, pending);
}

function isConsistency(word: string): word is Consistency {
  return word === 'local' || word === 'linearizable';
}
