import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/** How long what is left of a body is read, so that its sender comes to see the answer. */
const DRAIN_MS = 500;

/** Answers on Node's own response, for requests that do not pass through the app. Whoever sends on after that is cut off. */
export function sendReply(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Reply): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
  drainRequest(request);
}

/** Reads on for a moment, so that a client in the middle of sending comes to see the answer; then it is cut off. */
export function drainRequest(request: IncomingMessage): void {
  // A request that is over may have lost its socket.
  const socket = request.socket as IncomingMessage['socket'] | null;
  if (request.readableEnded || socket === null) return;
  const cut = setTimeout(() => socket.destroySoon(), DRAIN_MS).unref();
  const done = (): void => clearTimeout(cut);
  request.on('end', done).on('close', done).resume();
}
