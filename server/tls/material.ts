import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import tls from 'node:tls';

/** Where the certificate, its private key and the authorities are: PEM files. */
export interface TlsFiles {
  /** The certificate, followed by those between it and its authority, if there are any. */
  readonly cert: string;
  readonly key: string;
  /** The authorities that peers', and clients', certificates must come from; undefined: those of the system. */
  readonly ca: string | undefined;
  /** Whether clients and peers must show a certificate of `ca`. */
  readonly clientAuth: boolean;
  /** How the flags that named them begin: `-tls` when absent, as in `-tls-cert`. */
  readonly flags?: string;
}

/** What the files held when they were read: sound, and fitting together. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  readonly expiresAt: Date;
}

/** The files cannot be used; the sentence says which, why, and what to do. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

/** Older versions are broken (RFC 8996). */
export const TLS_MIN_VERSION = 'TLSv1.2';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** @throws TlsFileError */
export function readTlsMaterial(files: TlsFiles, now: Date = new Date()): TlsMaterial {
  const { flags = '-tls' } = files;
  const cert = readFile(`${flags}-cert`, files.cert);
  const certificate = parseCertificate(files.cert, cert);
  checkValidity(files.cert, certificate, now);
  checkPurpose(files, certificate);
  refuseIfOthersCanRead(`${flags}-key`, files.key);
  const key = readFile(`${flags}-key`, files.key);
  if (!certificate.checkPrivateKey(parseKey(files.key, key))) {
    throw new TlsFileError(
      `${files.key} is not the key of the certificate in ${files.cert}: name the two that belong together.`,
    );
  }
  const ca = files.ca === undefined ? undefined : readAuthorities(files.ca);
  try {
    tls.createSecureContext({ cert, key, ca, minVersion: TLS_MIN_VERSION });
  } catch (error) {
    throw new TlsFileError(`${files.cert} and ${files.key} cannot be used for TLS: ${(error as Error).message}.`);
  }
  return { cert, key, ca, expiresAt: new Date(certificate.validTo) };
}

function readFile(flag: string, file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw unreadable(flag, file, error as NodeJS.ErrnoException);
  }
}

function unreadable(flag: string, file: string, { code, message }: NodeJS.ErrnoException): TlsFileError {
  if (code === 'ENOENT') return new TlsFileError(`There is no file ${file}, which ${flag} names.`);
  if (code === 'EACCES') return new TlsFileError(`${file}, which ${flag} names, may not be read by this user.`);
  return new TlsFileError(`${file}, which ${flag} names, cannot be read: ${message}.`);
}

/**
 * Whoever can read the key can pass for this replica. The rule is PostgreSQL's: a file of this user is closed to all
 * others; one of root's may be open to its group, as secrets that Kubernetes mounts are.
 */
function refuseIfOthersCanRead(flag: string, file: string): void {
  let stats: fs.Stats;
  try {
    stats = fs.statSync(file);
  } catch (error) {
    throw unreadable(flag, file, error as NodeJS.ErrnoException);
  }
  const forbidden = stats.uid === 0 ? 0o027 : 0o077;
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  throw new TlsFileError(
    `${file} can be read by others (mode ${mode}), who could pass for this replica: chmod 600 it.`,
  );
}

function parseCertificate(file: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new TlsFileError(`${file} holds no certificate: it must begin with "-----BEGIN CERTIFICATE-----" (PEM).`);
  }
}

function parseKey(file: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    if (/passphrase|ENCRYPTED/.test(`${(error as Error).message} ${pem.toString('latin1')}`)) {
      throw new TlsFileError(
        `${file} is locked with a passphrase: unlock it with "openssl pkey -in ${file} -out FILE".`,
      );
    }
    throw new TlsFileError(`${file} holds no private key: it must begin with "-----BEGIN PRIVATE KEY-----" (PEM).`);
  }
}

function checkValidity(file: string, { validFrom, validTo }: X509Certificate, now: Date): void {
  if (now > new Date(validTo)) throw new TlsFileError(`The certificate in ${file} expired on ${validTo}: renew it.`);
  if (now < new Date(validFrom)) {
    throw new TlsFileError(`The certificate in ${file} is valid from ${validFrom} on: correct this machine's clock.`);
  }
}

/** A certificate without purposes is good for all. */
function checkPurpose({ cert, clientAuth }: TlsFiles, { keyUsage }: X509Certificate): void {
  const purposes = keyUsage as readonly string[] | undefined;
  if (purposes === undefined) return;
  if (!purposes.includes(SERVER_AUTH)) {
    throw new TlsFileError(
      `The certificate in ${cert} is not meant for servers (extendedKeyUsage without serverAuth).`,
    );
  }
  if (clientAuth && !purposes.includes(CLIENT_AUTH)) {
    throw new TlsFileError(
      `The certificate in ${cert} is not meant for clients (extendedKeyUsage without clientAuth), and with ` +
        '-tls-client-auth a replica shows it to its peers.',
    );
  }
}

function readAuthorities(file: string): Buffer {
  const pem = readFile('-tls-ca', file);
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) throw new TlsFileError(`${file}, which -tls-ca names, holds no certificate (PEM).`);
  for (const block of blocks) parseCertificate(file, Buffer.from(block));
  return pem;
}
