/** What every call can be told. */
export interface CallOptions {
  /** Instead of the client's, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
