import type { PeerUrl } from '../../engine/index.ts';

/** Either the URL as peers are compared and stored, or a sentence that says what is wrong with the text. */
export type PeerUrlReading = { readonly url: PeerUrl } | { readonly sentence: string };

/**
 * Reads the address of a replica, `http://host:port` or `https://host:port`, and gives it the one form in which two of them can be compared:
 * lower case, no trailing slash, no port when it is the protocol's own.
 */
export function readPeerUrl(text: string): PeerUrlReading {
  const wanted = 'an address looks like http://localhost:8091';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { sentence: `"${text}" is no URL; ${wanted}.` };
  }
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isHttp || url.hostname === '') return { sentence: `"${text}" is no http or https URL; ${wanted}.` };
  if (url.username !== '' || url.password !== '') {
    return { sentence: 'A peer address must not hold a name or password; the peer credential is -peer-key.' };
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { sentence: `"${text}" has something behind the port; ${wanted}, without a path.` };
  }
  return { url: url.origin };
}

/** Whether two normalised addresses reach the same process for sure: equal, or both loopback with the same port. */
export function isSameAddress(one: PeerUrl, other: PeerUrl): boolean {
  if (one === other) return true;
  const first = new URL(one);
  const second = new URL(other);
  return first.port === second.port && isLoopback(first.hostname) && isLoopback(second.hostname);
}

/** Whether replicas speak TLS there. */
export function isSecure(url: PeerUrl): boolean {
  return url.startsWith('https:');
}

/** Whether the host name means this machine: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
