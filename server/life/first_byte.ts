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
    socket.end(rawReply(PLAIN_HTTP));
    socket.resume();
    setTimeout(() => socket.destroy(), 1_000).unref();
  });
}

/** `close` follows. */
function ignore(): void {}
