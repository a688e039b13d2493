import http from 'node:http';
import type { Hono } from 'hono';
import { getRequestListener } from '@hono/node-server';
import type { NodeBindings } from '../http/call.ts';
import { problem } from '../http/reply.ts';
import type { ServeOptions } from '../options/serve_options.ts';
import { PEER_PATHS, type PeerReceiver, receiveFromPeer } from '../peers/receive.ts';

/** The replica cannot start; the sentence says why and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Idle connections are kept longer than most clients keep them, so that it is the client who closes. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 10_000;

/**
 * The one port of a replica: messages of peers go to their receiver as they arrive, everything else to the app. Neither
 * is given anything before `listen` has succeeded.
 */
export function createFront(app: Hono<{ Bindings: NodeBindings }>, receiver: PeerReceiver): http.Server {
  const toApp = getRequestListener(app.fetch, { errorHandler: malformedRequest });
  return http.createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // A peer's request never ends. The body of any other has a time limit of its own: `../http/body.ts`.
      requestTimeout: 0,
      noDelay: true,
    },
    (request, response) => {
      const path = (request.url ?? '').split('?', 1)[0] ?? '';
      if (PEER_PATHS.has(path)) receiveFromPeer(request, response, receiver);
      else void toApp(request, response);
    },
  );
}

/** @throws StartError when the address cannot be had. */
export function listen(server: http.Server, { port, host }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(new StartError(explain(error, port, host)));
    server.once('error', failed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** A request that HTTP allows and the app cannot take, such as one without a Host header. */
function malformedRequest(error: unknown): Response {
  const why = error instanceof Error ? error.message : 'unknown';
  const { status, body } = problem(400, 'malformed', `The request cannot be understood: ${why}.`);
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string | undefined): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is already in use. Stop what listens there (another replica?), or choose another -port.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user. Choose a -port above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `-host ${host} is no address of this machine. Leave it away to listen on every interface.`;
    default:
      return `Port ${port} cannot be listened on: ${error.message}.`;
  }
}
