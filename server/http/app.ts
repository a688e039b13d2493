import { Hono } from 'hono';
import { type AppContext, type NodeBindings } from './call.ts';
import { metrics, ping } from './health.ts';
import { livez, readyz } from './probes.ts';
import { prometheus } from './prometheus.ts';
import { raiseGeneration } from './raise_generation.ts';
import { getLatestLsn, getWal } from './reads.ts';
import { problem, type Reply } from './reply.ts';
import type { Service } from './service.ts';
import { streamWal } from './stream_wal.ts';

/** Who may use a route. `public` routes ask for a credential only with `-auth-reads`, `open` ones never: probes have none. */
type Access = 'open' | 'public' | 'protected';

interface Route {
  readonly method: 'GET' | 'POST';
  readonly access: Access;
  readonly handle: (service: Service, context: AppContext) => Reply | Promise<Reply>;
}

/** The endpoints for clients. Those between replicas are in `../peers/receive.ts`. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/api/v1/stream_wal': { method: 'POST', access: 'protected', handle: streamWal },
  '/api/v1/raise_generation': { method: 'POST', access: 'protected', handle: raiseGeneration },
  '/api/v1/get_wal': { method: 'GET', access: 'public', handle: getWal },
  '/api/v1/get_latest_lsn': { method: 'GET', access: 'public', handle: getLatestLsn },
  '/api/v1/ping': { method: 'GET', access: 'public', handle: ping },
  '/api/v1/metrics': { method: 'GET', access: 'public', handle: metrics },
  '/metrics': { method: 'GET', access: 'public', handle: prometheus },
  '/livez': { method: 'GET', access: 'open', handle: livez },
  '/readyz': { method: 'GET', access: 'open', handle: readyz },
};

/** The HTTP API as an app that answers a `Request` with a `Response`; every error is JSON with a sentence and a code. */
export function createApp(service: Service): Hono<{ Bindings: NodeBindings }> {
  const app = new Hono<{ Bindings: NodeBindings }>();
  for (const [path, route] of Object.entries(ROUTES)) {
    app.all(path, async (context) => {
      const startedMs = performance.now();
      const reply = await answer(service, route, context);
      service.metrics.requested(path, context.req.method, reply.status, (performance.now() - startedMs) / 1_000);
      return toResponse(reply);
    });
  }
  app.notFound((context) =>
    toResponse(
      problem(404, 'not_found', `There is nothing at ${context.req.path.slice(0, 200)}; the API is /api/v1/….`),
    ),
  );
  app.onError((error, context) => {
    service.log.error('a request failed by a bug', { path: context.req.path, error: String(error.stack) });
    return toResponse(problem(500, 'internal', 'A bug prevented an answer; the server log says more.'));
  });
  return app;
}

async function answer(service: Service, route: Route, context: AppContext): Promise<Reply> {
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
