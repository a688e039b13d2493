import { Hono } from 'hono';
import { type AppContext, type NodeBindings } from './call.ts';
import { openApi, reference } from './openapi/reference.ts';
import { problem, type Reply } from './reply.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request_id.ts';
import { type Access, type Endpoint, ROUTES } from './routes.ts';
import type { Service } from './service.ts';

/** What tells of the API; it is no part of it. */
const ABOUT: Readonly<Record<string, Endpoint>> = {
  '/openapi.json': { method: 'GET', access: 'open', handle: openApi },
  '/docs': { method: 'GET', access: 'open', handle: reference },
};

/** The HTTP API as an app that answers a `Request` with a `Response`; every error is JSON with a sentence and a code. */
export function createApp(service: Service): Hono<{ Bindings: NodeBindings }> {
  const app = new Hono<{ Bindings: NodeBindings }>();
  for (const [path, route] of Object.entries({ ...ROUTES, ...ABOUT })) {
    app.all(path, async (context) => {
      const startedMs = performance.now();
      const reply = await answer(service, route, context);
      const tookMs = performance.now() - startedMs;
      service.metrics.requested(path, context.req.method, reply.status, tookMs / 1_000);
      const requestId = context.req.header(REQUEST_ID_HEADER);
      if (reply.status < 400 && requestId === undefined) return toResponse(reply);
      // Whoever asks again, or asks a person, can say which request it was.
      const id = requestIdOf(requestId);
      if (reply.status >= 400) tell(service, { path, method: context.req.method, requestId: id, tookMs }, reply);
      return toResponse({ ...reply, headers: { ...reply.headers, [REQUEST_ID_HEADER]: id } });
    });
  }
  app.notFound((context) =>
    toResponse(
      problem(404, 'not_found', `There is nothing at ${context.req.path.slice(0, 200)}; /docs says what there is.`),
    ),
  );
  app.onError((error, context) => {
    service.log.error('a request failed by a bug', { path: context.req.path, error: String(error.stack) });
    return toResponse(problem(500, 'internal', 'A bug prevented an answer; the server log says more.'));
  });
  return app;
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

async function answer(service: Service, route: Endpoint, context: AppContext): Promise<Reply> {
  const { method } = context.req;
  if (method !== route.method && !(method === 'HEAD' && route.method === 'GET')) {
    return methodNotAllowed(method, route.method);
  }
  if (!isAdmitted(service, route.access, context)) {
    service.metrics.turnedAway('client', 'unauthorized');
    return unauthorized();
  }
  return route.handle(service, context);
}

function isAdmitted(service: Service, access: Access, context: AppContext): boolean {
  if (access === 'open' || (access === 'public' && !service.authReads)) return true;
  if (!service.credentials.required) return true;
  return service.credentials.admits({
    apiKey: context.req.header('x-api-key'),
    authorization: context.req.header('authorization'),
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

/** A plain object of headers keeps the adapter on its fast path. */
function toResponse(reply: Reply): Response {
  return new Response(reply.body, {
    status: reply.status,
    headers: { 'content-type': 'application/json', ...reply.headers },
  });
}
