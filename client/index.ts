/**
 * The client library of a safekeeper cluster.
 *
 * ```ts
 * const client = new SafekeeperClient({ urls: ['http://localhost:8090', 'http://localhost:8091'], apiKey: 'secret' });
 * await client.write({ lsn: 1000n, data: new TextEncoder().encode('hello') });
 * await client.latestLsn(); // 1000n
 * await client.close();
 * ```
 */
export type { JsonObject } from './answers.ts';
export type { CallOptions } from './call_options.ts';
export type { ClientEvent } from './caller.ts';
export {
  type ClientOptions,
  type Consistency,
  type Ping,
  type ReadOptions,
  SafekeeperClient,
} from './client.ts';
export {
  AbortedError,
  ClosedError,
  ConflictError,
  DroppedError,
  type ErrorDetails,
  FencedError,
  GapError,
  MalformedError,
  NotFoundError,
  OutOfOrderError,
  ProtocolError,
  RefusedError,
  SafekeeperError,
  type SafekeeperErrorCode,
  TimedOutError,
  TooLargeError,
  UnauthorizedError,
  UnavailableError,
} from './errors.ts';
export type { Acknowledgement, RecordToWrite, WalRecord } from './record.ts';
export type { RecordRange } from './range.ts';
export type { FollowOptions, FollowRange } from './stream/follow.ts';
export { type StreamOptions, type StreamResult, WalStream } from './stream/wal_stream.ts';
export type { TlsOptions } from './tls_options.ts';
export { LSN_MAX } from './u64.ts';
export type { WriteAllOptions, WriteAllResult } from './write_all.ts';
