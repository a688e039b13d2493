/** For https URLs. PEM texts. */
export interface TlsOptions {
  /** The authorities that the safekeepers' certificates come from. */
  readonly ca?: string | undefined;
  /** A certificate of this client, and its private key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}
