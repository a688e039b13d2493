import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerCall, bugReply } from './answer_call.ts';
import { DirectCall } from './call.ts';
import { ROUTES } from './routes.ts';
import { sendReply } from './send_reply.ts';
import type { Service } from './service.ts';

/**
 * The routes on the way of every commit, and those that may answer piece by piece. They are served on Node's own request
 * and response: the app, which serves all others, would cost as much again as everything else that is done for a request.
 */
const DIRECT_PATHS: ReadonlySet<string> = new Set(['/api/v1/stream_wal', '/api/v1/get_wal_range']);

/** Answers a request of these routes; false: it is none of them. */
export function answerDirectly(
  service: Service,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const route = DIRECT_PATHS.has(path) ? ROUTES[path] : undefined;
  if (route === undefined) return false;
  answerCall(service, path, route, new DirectCall(request, response)).then(
    (reply) => {
      if (reply !== undefined) sendReply(request, response, reply);
    },
    (error: unknown) => sendReply(request, response, bugReply(service, path, error)),
  );
  return true;
}
