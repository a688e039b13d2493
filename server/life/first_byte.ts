import type net from 'node:net';
import { PLAIN_HTTP, rawReply } from './front_refusals.ts';

/** The first byte of every TLS connection: the type of a handshake record (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * Looks at the first byte of a connection to a TLS port: TLS goes on to `letIn`, whatever else is answered in plain HTTP
 * with what is wrong, as a client that forgot the "s" would otherwise see nothing but a closed connection.
 */
export function peek(
  socket: net.Socket,
  timeoutMs: number,
  letIn: (socket: net.Socket) => void,
  onPlain: () => void,
): void {
  const impatience = setTimeout(() => socket.destroy(), timeoutMs);
  impatience.unref();
  const forget = (): void => clearTimeout(impatience);
  socket.once('close', forget).once('error', ignore);
  socket.once('data', (piece: Buffer) => {
    forget();
    if (piece[0] === TLS_HANDSHAKE) {
      socket.off('error', ignore);
      socket.pause();
      socket.unshift(piece);
      letIn(socket);
      return;
    }
    onPlain();
    sayAndClose(socket, rawReply(PLAIN_HTTP));
  });
}

/** How long a last word may take to be heard: closing at once, with bytes unread, would take it back. */
const LAST_WORD_MS = 500;

/** Those that have got their last word: what they still send is no news. */
const dismissed = new WeakSet<net.Socket>();

export function isDismissed(socket: net.Socket): boolean {
  return dismissed.has(socket);
}

/** Answers whoever sent what cannot be answered otherwise, and closes the connection, however much more is on its way. */
export function sayAndClose(socket: net.Socket, text: string): void {
  dismissed.add(socket);
  socket.on('error', ignore);
  socket.end(text);
  const close = setTimeout(() => socket.destroy(), LAST_WORD_MS);
  close.unref();
  socket.once('close', () => clearTimeout(close));
}

/** `close` follows. */
function ignore(): void {}
