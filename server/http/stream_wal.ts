import { withBody } from './body.ts';
import type { Call } from './call.ts';
import { hasEncoding, refuseContentType } from './content_type.ts';
import { readRecords } from './record_body.ts';
import type { Reply } from './reply.ts';
import type { Service } from './service.ts';
import { settle, settleAll } from './settle.ts';
import { beginWriteStream, streamFormOf } from './streams/begin_write_stream.ts';
import type { Streamed } from './streams/streamed.ts';

/** `POST /api/v1/stream_wal`: stores a record, or several in order, on a quorum. */
export async function streamWal(service: Service, call: Call): Promise<Reply | Streamed> {
  const form = streamFormOf(call.header('content-type'));
  if (form !== undefined && !hasEncoding(call)) return beginWriteStream(service, call, form);
  const refusal = refuseContentType(call);
  if (refusal !== undefined) return refusal;
  return withBody(call, service.bodyLimits, async (body) => {
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
