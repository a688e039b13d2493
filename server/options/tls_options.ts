import path from 'node:path';
import type { PeerUrl } from '../../engine/index.ts';
import { type FlagValues, UsageError } from '../cli/flags.ts';
import type { TlsFiles } from '../tls/material.ts';
import { isSecure } from './peer_url.ts';
import type { SERVE_FLAGS } from './serve_flags.ts';

/** What belongs to TLS is all there, or none of it is. */
export function settleTls(values: FlagValues<typeof SERVE_FLAGS>): TlsFiles | undefined {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-ca': ca, 'tls-client-auth': clientAuth = false } = values;
  if (values.tls !== true) {
    const [stray] = (['tls-cert', 'tls-key', 'tls-ca', 'tls-client-auth'] as const).filter(
      (name) => values[name] !== undefined && values[name] !== false,
    );
    if (stray === undefined) return undefined;
    throw new UsageError(`-${stray} is given without -tls, so it would do nothing: add -tls, or leave it away.`);
  }
  if (cert === undefined) throw new UsageError('-tls needs a certificate: name its file with -tls-cert.');
  if (key === undefined) throw new UsageError('-tls needs the key to the certificate: name its file with -tls-key.');
  if (clientAuth && ca === undefined) {
    throw new UsageError('-tls-client-auth needs to know whose certificates count: name the authorities with -tls-ca.');
  }
  return {
    cert: path.resolve(cert),
    key: path.resolve(key),
    ca: ca === undefined ? undefined : path.resolve(ca),
    clientAuth,
  };
}

/** With TLS a replica speaks nothing else, and its peers must not either: what they send each other is everything. */
export function checkProtocol(flag: string, url: PeerUrl, hasTls: boolean): void {
  if (isSecure(url) === hasTls) return;
  throw new UsageError(
    hasTls
      ? `${flag} ${url} is not an https address: with -tls every replica speaks TLS.`
      : `${flag} ${url} is an https address, and this replica has no -tls: give it -tls, or use http.`,
  );
}
