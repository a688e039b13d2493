import fs from 'node:fs';
import type { TlsOptions } from '../../client/index.ts';
import { type Flags, type FlagValues, UsageError } from './flags.ts';

/** What a client of a TLS cluster may have to say; for every command that talks to one. */
export const CLIENT_TLS_FLAGS = {
  'tls-ca': {
    kind: 'text',
    help: 'The authorities that the certificates of https safekeepers come from, PEM.',
    placeholder: 'FILE',
    absent: "Node's",
    environment: 'SAFEKEEPER_TLS_CA',
  },
  'tls-cert': {
    kind: 'text',
    help: 'A certificate to show them, where they ask for one, PEM.',
    placeholder: 'FILE',
    environment: 'SAFEKEEPER_TLS_CERT',
  },
  'tls-key': {
    kind: 'text',
    help: 'The private key to it, PEM.',
    placeholder: 'FILE',
    environment: 'SAFEKEEPER_TLS_KEY',
  },
} as const satisfies Flags;

/** @throws UsageError when a file cannot be read, or one of certificate and key is missing. */
export function readClientTls(values: FlagValues<typeof CLIENT_TLS_FLAGS>): TlsOptions {
  const { 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key } = values;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('-tls-cert and -tls-key belong together: give both, or neither.');
  }
  return {
    ...(ca === undefined ? {} : { ca: readPem('-tls-ca', ca) }),
    ...(cert === undefined ? {} : { cert: readPem('-tls-cert', cert) }),
    ...(key === undefined ? {} : { key: readPem('-tls-key', key) }),
  };
}

function readPem(flag: string, file: string): string {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag} names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new UsageError(`${flag} names ${file}, which is no PEM file: it must hold a "-----BEGIN …-----".`);
}
