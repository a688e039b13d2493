import http from 'node:http';
import https from 'node:https';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** For https: the authority to trust, and what to show. */
  readonly tls?: ClientTls | undefined;
}

/** PEM texts. */
export interface ClientTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const agent = new http.Agent({ keepAlive: true });
const secureAgent = new https.Agent({ keepAlive: true });

/** One request, answered or rejected within its time. Plain, so that nothing of the client library is tested with it. */
export function request(url: string, options: HttpRequest = {}): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, timeoutMs = 5_000, tls } = options;
  const isSecure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const begin = isSecure ? https.request : http.request;
    const sent = begin(url, { method, headers, agent: isSecure ? secureAgent : agent, signal, ...tls }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString('utf8'),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function postJson(
  url: string,
  json: string,
  headers: Readonly<Record<string, string>> = {},
  timeoutMs = 5_000,
  tls?: ClientTls,
): Promise<HttpAnswer> {
  return request(url, {
    tls,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: json,
    timeoutMs,
  });
}
