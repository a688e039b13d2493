import { type Consistency, LSN_MAX, type Query } from '../../engine/index.ts';
import type { Call } from './call.ts';
import { readCountParameter, readLsnParameter } from './fields.ts';
import { malformed, overloaded, type Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle } from './settle.ts';
import { beginFollowStream } from './streams/begin_follow_stream.ts';
import type { Streamed } from './streams/streamed.ts';

/** `GET /api/v1/get_wal?lsn=`: one committed record. */
export async function getWal(service: Service, call: Call): Promise<Reply> {
  const lsn = readLsnParameter(call.query('lsn'), 'lsn');
  if ('reply' in lsn) return lsn.reply;
  return read(service, call, { kind: 'record', lsn: lsn.value });
}

/** Records in a page, when no limit is given and at most. */
const PAGE_RECORDS = { absent: 1_000, max: 10_000 } as const;
/** Data in a page, in bytes: enough that asking again costs little, and no burden on the replica. */
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * `GET /api/v1/get_wal_range?start_lsn=&end_lsn=&limit=`: committed records in order, a page of them; with `follow=true` all
 * of them, and those that are committed later.
 */
export async function getWalRange(service: Service, call: Call): Promise<Reply | Streamed> {
  const from = readLsnParameter(call.query('start_lsn'), 'start_lsn', 1n);
  if ('reply' in from) return from.reply;
  const through = readLsnParameter(call.query('end_lsn'), 'end_lsn', LSN_MAX);
  if ('reply' in through) return through.reply;
  const follow = call.query('follow') ?? 'false';
  if (follow !== 'true' && follow !== 'false') return malformed('follow must be true or false.', 'follow');
  if (follow === 'true') return beginFollowStream(service, call, from.value, through.value);
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
export async function getLatestLsn(service: Service, call: Call): Promise<Reply> {
  return read(service, call, { kind: 'latest' });
}

async function read(service: Service, call: Call, query: Query): Promise<Reply> {
  const consistency = call.query('consistency') ?? 'local';
  if (!isConsistency(consistency)) {
    return malformed('consistency must be local or linearizable.', 'consistency');
  }
  if (query.kind === 'latest') return settle(service, call, undefined, service.node.read(query, consistency));
  const done = await service.reads.turn(call);
  if (done === undefined) {
    return overloaded('Too many reads wait; send it again in a moment.');
  }
  const pending = service.node.read(query, consistency);
  // Its turn lasts until the engine has answered: what another replica is asked then holds nobody up here.
  void pending.answer.finally(done);
  return settle(service, call, undefined, pending);
}

function isConsistency(word: string): word is Consistency {
  return word === 'local' || word === 'linearizable';
}
