import { createHash, timingSafeEqual } from 'node:crypto';

/** What a request says of itself, as the two headers have it. */
export interface PresentedCredentials {
  readonly apiKey: string | undefined;
  readonly authorization: string | undefined;
}

/**
 * A set of keys of which a caller must present one, as `X-API-Key: KEY` or `Authorization: Bearer KEY`. Compared by
 * their SHA-256 in constant time, against every key, so that neither length, nor content, nor which key matched shows
 * in how long it takes.
 */
export class Credentials {
  readonly #hashes: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.#hashes = keys.map(hash);
  }

  /** Whether anything is asked for at all. */
  get required(): boolean {
    return this.#hashes.length > 0;
  }

  /** Without keys everyone is admitted. */
  admits(presented: PresentedCredentials): boolean {
    if (!this.required) return true;
    let admitted = false;
    for (const key of [presented.apiKey, bearer(presented.authorization)]) {
      if (key === undefined) continue;
      const given = hash(key);
      for (const known of this.#hashes) admitted = timingSafeEqual(given, known) || admitted;
    }
    return admitted;
  }
}

/** The token of `Authorization: Bearer TOKEN` (RFC 6750); the scheme's case does not matter. */
function bearer(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}
