import http from 'node:http';
import https from 'node:https';
import type { TlsOptions } from '../tls_options.ts';

export interface StreamTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

const CONNECT_TIMEOUT_MS = 2_000;

/** A request with a connection of its own, whose two directions last for as long as one likes. */
export function openRequest(
  { url, headers, tls }: StreamTarget,
  method: 'GET' | 'POST',
  path: string,
  more: Readonly<Record<string, string>>,
): http.ClientRequest {
  const { request: open } = url.startsWith('https:') ? https : http;
  const request = open(`${url}${path}`, { method, headers: { ...headers, ...more }, agent: false, ...tls });
  request.setNoDelay(true);
  const impatience = setTimeout(() => request.destroy(new Error('no connection within 2 s')), CONNECT_TIMEOUT_MS);
  impatience.unref();
  const settled = (): void => clearTimeout(impatience);
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(url.startsWith('https:') ? 'secureConnect' : 'connect', settled);
    else settled();
  });
  request.once('close', settled);
  return request;
}
