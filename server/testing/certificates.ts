import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A private authority in a directory, with what it signs beside it. Made by the openssl program. */
export class Authority {
  readonly directory: string;
  readonly name: string;

  constructor(directory: string, name = 'authority') {
    this.directory = directory;
    this.name = name;
    this.#openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-subj', `/CN=${name}`, '-keyout', this.file('key'), '-out', this.file('crt')],
    );
  }

  /** The authority's own certificate. */
  get ca(): string {
    return this.file('crt');
  }

  /**
   * A certificate for localhost and its key, in files of this name.
   * @param purposes of extendedKeyUsage.
   */
  sign(
    name: string,
    { days = 30, purposes = 'serverAuth,clientAuth' }: { readonly days?: number; readonly purposes?: string } = {},
  ): { readonly cert: string; readonly key: string } {
    const at = (suffix: string): string => path.join(this.directory, `${name}.${suffix}`);
    fs.writeFileSync(at('ext'), `subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=${purposes}\n`);
    this.#openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', at('key'), '-out', at('csr')],
    );
    this.#openssl(
      ...['x509', '-req', '-in', at('csr'), '-CA', this.ca, '-CAkey', this.file('key'), '-CAcreateserial'],
      ...['-days', `${days}`, '-extfile', at('ext'), '-out', at('crt')],
    );
    fs.chmodSync(at('key'), 0o600);
    return { cert: at('crt'), key: at('key') };
  }

  file(suffix: string): string {
    return path.join(this.directory, `${this.name}.${suffix}`);
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
