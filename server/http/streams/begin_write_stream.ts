import type { IncomingMessage, ServerResponse } from 'node:http';
import { noLeader } from '../answers.ts';
import type { Call } from '../call.ts';
import { readGeneration, readPreviousLsn } from '../fields.ts';
import { FORWARDED_HEADER } from '../forward.ts';
import { problem, type Reply } from '../reply.ts';
import type { Service } from '../service.ts';
import { whyNoLeader } from '../settle.ts';
import { RecordFrameParser } from './frame_parser.ts';
import { LineParser } from './line_parser.ts';
import { STREAMED, type Streamed } from './streamed.ts';
import { WriteStream } from './write_stream.ts';

const PATH = '/api/v1/stream_wal';

/** The content types that make `stream_wal` a stream. */
export type StreamForm = 'lines' | 'frames';

export function streamFormOf(contentType: string | undefined): StreamForm | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-ndjson') return 'lines';
  return type === 'application/octet-stream' ? 'frames' : undefined;
}

/** `POST /api/v1/stream_wal` with a body that goes on: see `write_stream.ts`. Another replica is handed the whole stream. */
export async function beginWriteStream(service: Service, call: Call, form: StreamForm): Promise<Reply | Streamed> {
  const given = { prev_lsn: call.query('prev_lsn'), generation: call.query('generation') };
  const previousLsn = readPreviousLsn(given, 'prev_lsn');
  if ('reply' in previousLsn) return previousLsn.reply;
  const generation = readGeneration(given, 'generation');
  if ('reply' in generation) return generation.reply;
  const { outgoing, body } = call;
  if (outgoing === undefined || body instanceof Request) {
    return problem(415, 'unsupported_media_type', 'A stream needs a connection of its own.');
  }
  const { state, leader } = service.node.status();
  if (state !== 'leader') {
    if (leader === undefined || call.header(FORWARDED_HEADER) !== undefined) return noLeader(whyNoLeader(service));
    return service.forwardStream(call, leader.url);
  }
  open(service, body, outgoing, form, { previousLsn: previousLsn.value, generation: generation.value ?? 0 });
  return STREAMED;
}

function open(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
  form: StreamForm,
  { previousLsn, generation }: { readonly previousLsn: bigint | undefined; readonly generation: number },
): void {
  const startedMs = performance.now();
  const { bodyBytesMax } = service.bodyLimits;
  service.metrics.streamOpened('in');
  new WriteStream({
    service,
    request,
    response,
    parser:
      form === 'lines'
        ? new LineParser(bodyBytesMax, generation)
        : new RecordFrameParser(service.recordBytesMax, generation),
    previousLsn,
    onEnd(status) {
      service.metrics.streamClosed('in');
      service.metrics.streamed(PATH, 'POST', status);
      service.log.debug('a stream of records has ended', { status, tookMs: Math.round(performance.now() - startedMs) });
    },
  });
}
