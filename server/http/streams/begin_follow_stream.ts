import type { Lsn } from '../../../engine/index.ts';
import type { Call } from '../call.ts';
import { malformed, problem, type Reply } from '../reply.ts';
import type { Service } from '../service.ts';
import { FollowStream } from './follow_stream.ts';
import { FRAMES, LINES } from './record_encoder.ts';
import { STREAMED, type Streamed } from './streamed.ts';

const PATH = '/api/v1/get_wal_range';

/** `GET /api/v1/get_wal_range?follow=true`: see `follow_stream.ts`. Served by every replica from what it has. */
export function beginFollowStream(service: Service, call: Call, from: Lsn, through: Lsn): Reply | Streamed {
  if (call.query('limit') !== undefined) {
    return malformed('limit is for pages; a stream that follows has none, and ends with end_lsn.', 'limit');
  }
  if ((call.query('consistency') ?? 'local') !== 'local') {
    const sentence = 'A stream that follows brings what this replica knows to be committed: leave consistency away.';
    return malformed(sentence, 'consistency');
  }
  const encoder = wantsFrames(call) ? FRAMES : LINES;
  if (call.method === 'HEAD') return { status: 200, body: '', headers: { 'content-type': encoder.contentType } };
  const { outgoing } = call;
  if (outgoing === undefined) return problem(415, 'unsupported_media_type', 'A stream needs a connection of its own.');
  const startedMs = performance.now();
  service.metrics.streamOpened('out');
  new FollowStream({
    service,
    response: outgoing,
    encoder,
    from,
    through,
    onEnd(status) {
      service.metrics.streamClosed('out');
      service.metrics.streamed(PATH, 'GET', status);
      service.log.debug('a reader has left', { status, tookMs: Math.round(performance.now() - startedMs) });
    },
  });
  return STREAMED;
}

function wantsFrames(call: Call): boolean {
  return (call.header('accept') ?? '')
    .split(',')
    .some((type) => type.split(';')[0]?.trim() === 'application/octet-stream');
}
