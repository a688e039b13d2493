import { Hono } from 'hono';
import { answerCall, bugReply } from './answer_call.ts';
import { callOf, type NodeBindings } from './call.ts';
import { openApi, reference } from './openapi/reference.ts';
import { problem, type Reply } from './reply.ts';
import { type Endpoint, ROUTES } from './routes.ts';
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
      const reply = await answerCall(service, path, route, callOf(context));
      if (reply === undefined) throw new Error(`${path} answers by itself, and must not come through the app`);
      return toResponse(reply);
    });
  }
  app.notFound((context) =>
    toResponse(
      problem(404, 'not_found', `There is nothing at ${context.req.path.slice(0, 200)}; /docs says what there is.`),
    ),
  );
  app.onError((error, context) => toResponse(bugReply(service, context.req.path, error)));
  return app;
}

/** A plain object of headers keeps the adapter on its fast path. */
function toResponse(reply: Reply): Response {
  return new Response(reply.body, {
    status: reply.status,
    headers: { 'content-type': 'application/json', ...reply.headers },
  });
}
