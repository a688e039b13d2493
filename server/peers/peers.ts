import type { PeerUrl } from '../../engine/index.ts';
import { PeerLink, type PeerLinkOptions } from './peer_link.ts';

/** Sends messages to peers, one link each. The engine names them by URL; there are as many as it names. */
export class Peers {
  readonly #links = new Map<PeerUrl, PeerLink>();
  readonly #options: Omit<PeerLinkOptions, 'url'>;

  constructor(options: Omit<PeerLinkOptions, 'url'>) {
    this.#options = options;
  }

  send(to: PeerUrl, bytes: Uint8Array): void {
    let link = this.#links.get(to);
    if (link === undefined) {
      link = new PeerLink({ ...this.#options, url: to });
      this.#links.set(to, link);
    }
    link.send(bytes);
  }

  /** Sends what waits; resolves when every peer has taken it, or cannot. */
  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}
