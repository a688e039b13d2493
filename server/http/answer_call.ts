import type { Call } from './call.ts';
import { problem, type Reply } from './reply.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request_id.ts';
import type { Access, Endpoint } from './routes.ts';
import type { Service } from './service.ts';
import { STREAMED, type Streamed } from './streams/streamed.ts';

/**
 * Answers a request of one of our routes: who may, what came of it, and a line in the metrics and the log. Undefined when
 * the route answers by itself, as a stream. Rejects by a bug.
 */
export async function answerCall(
  service: Service,
  path: string,
  route: Endpoint,
  call: Call,
): Promise<Reply | undefined> {
  const startedMs = performance.now();
  const reply = await admitAndHandle(service, route, call);
  if (reply === STREAMED) return undefined;
  const tookMs = performance.now() - startedMs;
  service.metrics.requested(path, call.method, reply.status, tookMs / 1_000);
  const requestId = call.header(REQUEST_ID_HEADER);
  if (reply.status < 400 && requestId === undefined) return reply;
  // Whoever asks again, or asks a person, can say which request it was.
  const id = requestIdOf(requestId);
  if (reply.status >= 400) tell(service, { path, method: call.method, requestId: id, tookMs }, reply);
  return { ...reply, headers: { ...reply.headers, [REQUEST_ID_HEADER]: id } };
}

/** The answer to a request that could not be answered by a bug of ours. */
export function bugReply(service: Service, path: string, error: unknown): Reply {
  service.log.error('a request failed by a bug', { path, error: String(error instanceof Error ? error.stack : error) });
  return problem(500, 'internal', 'A bug prevented an answer; the server log says more.');
}

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly requestId: string;
  readonly tookMs: number;
}

/** Tells of a request that was not served: what the cluster cannot do is news, what the client did wrong is not. */
function tell(service: Service, { tookMs, ...asked }: Asked, reply: Reply): void {
  const fields = { ...asked, status: reply.status, tookMs: Math.round(tookMs), answer: reply.body.slice(0, 300) };
  if (reply.status < 500 || asked.path === '/readyz') service.log.debug('refused a request', fields);
  else if (service.failureLimit.passes(`${asked.path} ${reply.status}`))
    service.log.warn('could not serve a request', fields);
}

function admitAndHandle(service: Service, route: Endpoint, call: Call): Reply | Promise<Reply | Streamed> {
  const { method } = call;
  if (method !== route.method && !(method === 'HEAD' && route.method === 'GET')) {
    return methodNotAllowed(method, route.method);
  }
  if (!isAdmitted(service, route.access, call)) {
    service.metrics.turnedAway('client', 'unauthorized');
    return unauthorized();
  }
  return route.handle(service, call);
}

function isAdmitted(service: Service, access: Access, call: Call): boolean {
  if (access === 'open' || (access === 'public' && !service.authReads)) return true;
  if (!service.credentials.required) return true;
  return service.credentials.admits({
    apiKey: call.header('x-api-key'),
    authorization: call.header('authorization'),
  });
}

function unauthorized(): Reply {
  return problem(
    401,
    'unauthorized',
    'Authentication required: present a valid key as "X-API-Key: KEY" or "Authorization: Bearer KEY".',
    {},
    { 'www-authenticate': 'Bearer' },
  );
}

function methodNotAllowed(given: string, allowed: 'GET' | 'POST'): Reply {
  const allow = allowed === 'GET' ? 'GET, HEAD' : 'POST';
  return problem(405, 'method_not_allowed', `${given} is not allowed here; use ${allowed}.`, {}, { allow });
}
