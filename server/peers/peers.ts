import type { PeerUrl } from '../../engine/index.ts';
import type { Logger } from '../log/logger.ts';
import { PeerLink } from './peer_link.ts';

/** Sends messages to peers, one link each. The engine names them by URL; there are as many as it names. */
export class Peers {
  readonly #links = new Map<PeerUrl, PeerLink>();
  readonly #peerKey: string | undefined;
  readonly #log: Logger;

  constructor(peerKey: string | undefined, log: Logger) {
    this.#peerKey = peerKey;
    this.#log = log;
  }

  send(to: PeerUrl, bytes: Uint8Array): void {
    let link = this.#links.get(to);
    if (link === undefined) {
      link = new PeerLink({ url: to, peerKey: this.#peerKey, log: this.#log });
      this.#links.set(to, link);
    }
    link.send(bytes);
  }

  /** Sends what waits; resolves when every peer has taken it, or cannot. */
  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}
