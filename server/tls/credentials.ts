import fs from 'node:fs';
import type tls from 'node:tls';
import type { Logger } from '../log/logger.ts';
import { readTlsMaterial, TLS_MIN_VERSION, type TlsFileError, type TlsFiles, type TlsMaterial } from './material.ts';

/** Certificates are renewed every few weeks; files are looked at so often. */
const LOOK_MS = 5_000;

/**
 * The certificate, key and authorities in force. When their files change they are read again, without a restart; files
 * that cannot be used leave the old ones in force and are told of.
 */
export class TlsCredentials {
  readonly files: TlsFiles;
  readonly #log: Logger;
  readonly #onReload: (material: TlsMaterial | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  #material: TlsMaterial;
  #seen: string;

  /**
   * @param onReload told of what is in force now; undefined: the new files cannot be used.
   * @throws TlsFileError when the files cannot be used now.
   */
  constructor(files: TlsFiles, log: Logger, onReload: (material: TlsMaterial | undefined) => void) {
    this.files = files;
    this.#log = log;
    this.#onReload = onReload;
    this.#seen = signatureOf(files);
    this.#material = readTlsMaterial(files);
    this.#timer = setInterval(() => this.reload(), LOOK_MS);
    this.#timer.unref();
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** What a connection to a peer needs, now. */
  get outgoing(): tls.SecureContextOptions {
    const { cert, key, ca } = this.#material;
    return { cert, key, ...(ca === undefined ? {} : { ca }), minVersion: TLS_MIN_VERSION };
  }

  /** Reads the files again if they have changed. */
  reload(): void {
    const seen = signatureOf(this.files);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      this.#material = readTlsMaterial(this.files);
    } catch (error) {
      const why = (error as TlsFileError).message;
      this.#log.error('the changed TLS files cannot be used; the ones before stay in force', { why });
      this.#onReload(undefined);
      return;
    }
    this.#log.info('read changed TLS files', { expires: this.#material.expiresAt.toISOString() });
    this.#onReload(this.#material);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** Changes whenever one of the files does, also when a link to it is turned. */
function signatureOf({ cert, key, ca }: TlsFiles): string {
  return [cert, key, ca]
    .map((file) => {
      if (file === undefined) return '';
      try {
        const { dev, ino, size, mtimeMs } = fs.statSync(file);
        return `${dev} ${ino} ${size} ${mtimeMs}`;
      } catch (error) {
        return String((error as NodeJS.ErrnoException).code);
      }
    })
    .join('\n');
}
