import { withBody } from './body.ts';
import { type AppContext, callOf } from './call.ts';
import { refuseContentType } from './content_type.ts';
import { readRecords } from './record_body.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle, settleAll } from './settle.ts';

/** `POST /api/v1/stream_wal`: stores a record, or several in order, on a quorum. */
export async function streamWal(service: Service, context: AppContext): Promise<Reply> {
  const call = callOf(context);
  const refusal = refuseContentType(call);
  if (refusal !== undefined) return refusal;
  return withBody(context, service.bodyLimits, async (body) => {
    const reading = readRecords(body);
    if ('reply' in reading) return reading.reply;
    const asked = reading.value;
    if (asked.kind === 'one') return settle(service, call, body, service.node.propose(asked.record));
    return settleAll(
      service,
      call,
      body,
      asked.records.map((record) => service.node.propose(record)),
    );
  });
}
