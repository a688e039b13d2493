import { constants } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type tls from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { createApp } from '../http/app.ts';
import { answerDirectly } from '../http/direct.ts';
import { problem } from '../http/reply.ts';
import { sendReply } from '../http/send_reply.ts';
import type { Service } from '../http/service.ts';
import { PEER_PATHS, type PeerReceiver, receiveFromPeer } from '../peers/receive.ts';
import type { TlsCredentials } from '../tls/credentials.ts';
import { Connections } from './connections.ts';
import { isDismissed, peek, sayAndClose } from './first_byte.ts';
import { FULL, NO_CERTIFICATE, PLAIN_HTTP, rawReply, refusalOf } from './front_refusals.ts';

export interface FrontParts {
  readonly service: Service;
  readonly receiver: PeerReceiver;
  /** Undefined: plain HTTP. */
  readonly tls: TlsCredentials | undefined;
  /** At most so many connections at once. */
  readonly connectionsMax: number;
  /** A connection was turned away before there was a request; the reason is a word for the metrics. */
  readonly turnedAway: (from: string, reason: string, sentence: string) => void;
}

/** Idle connections are kept longer than most clients keep them, so that it is the client who closes. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How long a TLS handshake may take, its first byte included. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Nothing sent and nothing taken for so long, amid a request: whoever is there does not want the answer. */
const STILL_MS_MAX = 60_000;
/** How often connections are looked at for these limits. */
const LOOK_MS = 2_000;

/**
 * The one port of a replica: messages of peers go to their receiver as they arrive, everything else to the app. Neither
 * is given anything before `listen` has succeeded.
 */
export function createFront(parts: FrontParts): http.Server {
  const { service, receiver, tls: credentials, turnedAway } = parts;
  const connections = new Connections(parts.connectionsMax);
  const toApp = getRequestListener(createApp(service).fetch, { errorHandler: malformedRequest });
  const needsCertificate = credentials?.files.clientAuth === true;
  const limits: http.ServerOptions = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // A peer's request never ends. The body of any other has a time limit of its own: `../http/body.ts`.
    requestTimeout: 0,
    connectionsCheckingInterval: LOOK_MS,
    noDelay: true,
  };
  const receive: http.RequestListener = (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (needsCertificate && !PROBES.has(path) && !showedCertificate(request.socket as tls.TLSSocket)) {
      const { status, code, sentence } = NO_CERTIFICATE;
      sendReply(request, response, problem(status, code, sentence, {}, { connection: 'close' }));
      turnedAway(request.socket.remoteAddress ?? 'unknown', 'no_certificate', sentence);
      return;
    }
    if (PEER_PATHS.has(path)) receiveFromPeer(request, response, receiver, () => connections.isPeer(request));
    else {
      connections.track(request, response);
      if (!answerDirectly(service, path, request, response)) void toApp(request, response);
    }
  };
  const server =
    credentials === undefined
      ? http.createServer(limits, receive)
      : https.createServer({ ...limits, ...contextOf(credentials), handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, receive);
  server.timeout = STILL_MS_MAX;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: net.Socket) => {
    // The parser complains again of every further piece.
    if (isDismissed(socket)) return;
    const reply = refusalOf(error);
    if (reply === undefined || !socket.writable) socket.destroy();
    else {
      turnedAway(socket.remoteAddress ?? 'unknown', reply.code, reply.sentence);
      sayAndClose(socket, rawReply(reply));
    }
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: tls.TLSSocket) => {
    const from = socket.remoteAddress ?? 'unknown';
    turnedAway(from, 'tls_handshake', `no TLS connection came about: ${error.code ?? error.message}`);
  });
  guard(server, connections, parts);
  return server;
}

/** Asks for no certificate: whoever watches over processes and machines has none. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/**
 * Whether a certificate was shown, and one of an authority of ours. `authorized` alone would not do: Node holds it to be
 * true of a resumed TLS 1.3 session, whoever began it (and so sessions are not resumed here, either).
 */
function showedCertificate(socket: tls.TLSSocket): boolean {
  return socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

/** What a TLS server needs of the credentials; `server.setSecureContext` takes it when they change. */
export function contextOf(credentials: TlsCredentials): tls.SecureContextOptions & tls.TlsOptions {
  const { clientAuth } = credentials.files;
  return {
    ...credentials.outgoing,
    ...(clientAuth ? { secureOptions: constants.SSL_OP_NO_TICKET } : {}),
    requestCert: clientAuth,
    // Whoever has none is told so, in an answer, instead of being cut off.
    rejectUnauthorized: false,
  };
}

/** Stands before what the server does with a new connection: bounds their number, and tells plain HTTP from TLS. */
function guard(server: http.Server, connections: Connections, { tls: credentials, turnedAway }: FrontParts): void {
  const welcome = server.listeners('connection') as ((socket: net.Socket) => void)[];
  server.removeAllListeners('connection');
  const letIn = (socket: net.Socket): void => {
    for (const listener of welcome) listener.call(server, socket);
  };
  server.on('connection', (socket: net.Socket) => {
    const from = socket.remoteAddress ?? 'unknown';
    const admission = connections.admit(socket);
    if (admission === 'full') {
      turnedAway(from, 'too_many_connections', 'every connection is in use');
      if (credentials === undefined) sayAndClose(socket, rawReply(FULL));
      else socket.destroy();
    } else {
      if (admission === 'inPlaceOfAnother')
        turnedAway(from, 'quiet_connection', 'closed the quietest connection for a new one');
      if (credentials === undefined) letIn(socket);
      else peek(socket, HANDSHAKE_TIMEOUT_MS, letIn, () => turnedAway(from, 'plain_http', PLAIN_HTTP.sentence));
    }
  });
}

/** A request that HTTP allows and the app cannot take, such as one without a Host header. */
function malformedRequest(error: unknown): Response {
  const why = error instanceof Error ? error.message : 'unknown';
  const { status, body } = problem(400, 'malformed', `The request cannot be understood: ${why}.`);
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}
