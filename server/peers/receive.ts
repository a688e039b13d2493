import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Credentials } from '../credentials/credentials.ts';
import { problem, success } from '../http/reply.ts';
import { sendReply } from '../http/send_reply.ts';
import { FrameParser } from './frames.ts';

/** The published internal endpoints. All three take the same body: frames of messages, one or many. */
export const PEER_PATHS: ReadonlySet<string> = new Set([
  '/api/v1/replicate_wal',
  '/api/v1/request_vote',
  '/api/v1/heartbeat',
]);

export interface PeerReceiver {
  readonly credentials: Credentials;
  /** The largest message taken, in bytes. */
  readonly frameBytesMax: number;
  /** Whether the bytes are a message of the protocol at all. */
  isMessage(bytes: Uint8Array): boolean;
  deliver(bytes: Uint8Array): void;
  /** A request was turned away; for the log and the metrics. */
  refused(from: string, code: string, sentence: string): void;
}

/** A stream that brings messages is told this often, by an interim response (102), that they arrive. */
export const STILL_HERE_MS = 1_000;

/**
 * Answers a request of a peer: feeds each message to the engine as it arrives, and answers at the end of the body, which
 * for the long-lived stream of `peer_link.ts` may be never. Works on Node's request itself, because the pieces of a body
 * that never ends are wanted the moment they come.
 */
export function receiveFromPeer(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: PeerReceiver,
  onAdmitted: () => void = () => undefined,
): void {
  const refuse = (status: number, code: string, sentence: string, headers: Record<string, string> = {}): void => {
    receiver.refused(request.socket.remoteAddress ?? 'unknown', code, sentence);
    sendReply(request, response, problem(status, code, sentence, {}, headers));
  };

  if (request.method !== 'POST') {
    refuse(405, 'method_not_allowed', `${request.method ?? '?'} is not allowed here; use POST.`, { allow: 'POST' });
    return;
  }
  if (!receiver.credentials.admits(presented(request))) {
    refuse(
      401,
      'unauthorized',
      'Authentication required: the peer credential is missing or wrong. Every replica needs the same -peer-key, or, ' +
        'without one, the same -api-key or the same first token of -auth-tokens.',
      { 'www-authenticate': 'Bearer' },
    );
    return;
  }
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') {
    refuse(400, 'malformed', JSON_REFUSED);
    return;
  }
  if (type !== 'application/octet-stream') {
    refuse(415, 'unsupported_media_type', 'Messages between replicas are sent as application/octet-stream.');
    return;
  }
  onAdmitted();
  readMessages(request, response, receiver, refuse);
}

const JSON_REFUSED =
  'JSON messages between replicas, as the earlier prototype sent them, are refused: a JSON message that lacks index, ' +
  'incarnation or cluster id is refused, never completed with defaults. Run the same version on every replica.';

function readMessages(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: PeerReceiver,
  refuse: (status: number, code: string, sentence: string) => void,
): void {
  const parser = new FrameParser(receiver.frameBytesMax);
  // The long stream comes from our own program, and the engine drops what it cannot read; so there only the first
  // message is looked at here, which is enough to tell a foreign program from a replica.
  const checksAll = request.headers['content-length'] !== undefined;
  let received = 0;
  let over = false;
  let stillHere: NodeJS.Timeout | undefined;

  const finish = (status?: number, sentence?: string): void => {
    over = true;
    clearTimeout(stillHere);
    if (status !== undefined && sentence !== undefined)
      refuse(status, status === 413 ? 'too_large' : 'malformed', sentence);
  };
  const take = (message: Uint8Array): boolean => {
    if ((checksAll || received === 0) && !receiver.isMessage(message)) {
      finish(
        400,
        `Message ${received + 1} of this body (${message.byteLength} bytes) is malformed or of another version.`,
      );
      return false;
    }
    received++;
    receiver.deliver(message);
    return true;
  };

  request.on('data', (piece: Buffer) => {
    if (over) return;
    const first = received === 0 && parser.atBoundary ? piece[0] : undefined;
    const tooLarge = parser.push(piece, take);
    if (tooLarge !== undefined) {
      const limit = receiver.frameBytesMax;
      const looksLikeJson = first === 0x7b || first === 0x5b;
      if (looksLikeJson) finish(400, JSON_REFUSED);
      else finish(413, `A message announces ${tooLarge.announcedBytes} bytes; at most ${limit} are taken.`);
      return;
    }
    stillHere ??= setTimeout(() => {
      stillHere = undefined;
      if (!over && !response.headersSent && !response.destroyed) response.writeProcessing();
    }, STILL_HERE_MS).unref();
  });
  request.on('end', () => {
    if (over) return;
    if (!parser.atBoundary) finish(400, 'The body ends in the middle of a message.');
    else if (received === 0) finish(400, 'The body holds no message.');
    else {
      finish();
      sendReply(request, response, success({}));
    }
  });
  // The peer is gone: it says again whatever still matters.
  request.on('error', () => finish());
  request.on('close', () => finish());
}

function presented(request: IncomingMessage): { apiKey: string | undefined; authorization: string | undefined } {
  const apiKey = request.headers['x-api-key'];
  return { apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey, authorization: request.headers.authorization };
}
