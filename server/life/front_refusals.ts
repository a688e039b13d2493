import http from 'node:http';
import { problem } from '../http/reply.ts';

/** An answer to what never became a request. */
export interface RawRefusal {
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
}

export const FULL: RawRefusal = {
  status: 503,
  code: 'overloaded',
  sentence: 'Every connection is in use. Send it again in a moment.',
};

export const PLAIN_HTTP: RawRefusal = {
  status: 400,
  code: 'malformed',
  sentence: 'This port speaks TLS: use https:// instead of http://.',
};

export const NO_CERTIFICATE: RawRefusal = {
  status: 401,
  code: 'unauthorized',
  sentence:
    'A client certificate is required (-tls-client-auth): present one that was signed by an authority of -tls-ca.',
};

/** What a connection is told that sent no sound request; undefined when nobody is there to be told. */
export function refusalOf(error: NodeJS.ErrnoException): RawRefusal | undefined {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECANCELED':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'too_large',
        sentence: `The headers are larger than ${http.maxHeaderSize} bytes, the most that is taken.`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'timeout', sentence: 'The headers did not arrive within 10 seconds.' };
    default:
      return { status: 400, code: 'malformed', sentence: `This is no HTTP request: ${error.code ?? error.message}.` };
  }
}

/** The refusal as the bytes of an HTTP response after which the connection is closed. */
export function rawReply({ status, code, sentence }: RawRefusal): string {
  const { body } = problem(status, code, sentence);
  return (
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
    `${status === 503 ? 'Retry-After: 1\r\n' : ''}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
