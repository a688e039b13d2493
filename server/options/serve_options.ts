import path from 'node:path';
import {
  DEFAULT_LIMITS,
  DEFAULT_SEGMENT_BYTES,
  DEFAULT_TIMING,
  type NodeConfig,
  type PeerUrl,
} from '../../engine/index.ts';
import { type FlagValues, UsageError } from '../cli/flags.ts';
import { LOG_LEVELS, type LogLevel } from '../log/logger.ts';
import type { TlsFiles } from '../tls/material.ts';
import { isLoopback, isSameAddress, readPeerUrl } from './peer_url.ts';
import type { SERVE_FLAGS } from './serve_flags.ts';
import { checkProtocol, settleTls } from './tls_options.ts';

/** Everything a replica needs to know before it touches disk or network. */
export interface ServeOptions {
  readonly node: NodeConfig;
  readonly port: number;
  /** Undefined: every interface. */
  readonly host: string | undefined;
  /** Open connections at most. */
  readonly connectionsMax: number;
  /** Undefined: plain HTTP. */
  readonly tls: TlsFiles | undefined;
  readonly dataDirectory: string;
  /** Any of these opens the protected endpoints; none: they are open. */
  readonly clientKeys: readonly string[];
  readonly authReads: boolean;
  /** What replicas present to each other; undefined: nothing is asked for. */
  readonly peerKey: string | undefined;
  /** What is accepted of them, `peerKey` among these: more than one while it is being replaced. */
  readonly peerKeys: readonly string[];
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
  /** Sentences for the operator: allowed, but perhaps not meant. */
  readonly warnings: readonly string[];
}

const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

type ServeValues = FlagValues<typeof SERVE_FLAGS>;

const SEGMENT_BYTES_MAX = 2 ** 31;
const RECORD_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Settles the defaults and refuses what cannot work.
 *
 * @throws UsageError whose sentence says which setting, why not, and what to do.
 */
export function settleServeOptions(values: ServeValues): ServeOptions {
  const tls = settleTls(values);
  const port = settlePort(values.port);
  const replicaId = settleReplicaId(values['replica-id'] ?? `safekeeper-${port}`);
  const advertiseUrl = readUrl(
    '-advertise',
    values.advertise ?? `${tls === undefined ? 'http' : 'https'}://localhost:${port}`,
  );
  const peerUrls = settlePeers(values.peers ?? [], advertiseUrl);
  checkProtocol('-advertise', advertiseUrl, tls !== undefined);
  for (const url of peerUrls) checkProtocol('-peers', url, tls !== undefined);
  const apiKey = values['api-key'];
  const clientKeys = [
    ...checkKeys('-api-key', apiKey === undefined ? undefined : [apiKey]),
    ...checkKeys('-auth-tokens', values['auth-tokens']),
  ];
  const peerKeys =
    values['peer-key'] === undefined ? clientKeys.slice(0, 1) : checkKeys('-peer-key', values['peer-key']);
  const options: Omit<ServeOptions, 'warnings'> = {
    node: {
      replicaId,
      advertiseUrl,
      peerUrls,
      timing: settleTiming(values),
      limits: { ...DEFAULT_LIMITS, recordBytesMax: settleRecordBytes(values['max-record-bytes']) },
      segmentBytes: settleSegmentBytes(values['segment-bytes']),
    },
    port,
    host: values.host,
    connectionsMax: settleConnections(values['max-connections']),
    tls,
    dataDirectory: settleDataDirectory(values['data-dir'], replicaId),
    clientKeys,
    authReads: values['auth-reads'] ?? false,
    log: {
      level: oneOf('-log-level', values['log-level'] ?? 'info', LOG_LEVELS),
      format: oneOf('-log-format', values['log-format'] ?? 'text', LOG_FORMATS),
    },
    peerKey: peerKeys[0],
    peerKeys,
  };
  if (options.authReads && clientKeys.length === 0) {
    throw new UsageError('-auth-reads needs a key to ask for: set -api-key or -auth-tokens.');
  }
  return { ...options, warnings: warningsFor(options) };
}

function settlePort(port = 8090): number {
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`-port ${port} is out of range: choose a port from 1 to 65535.`);
}

function oneOf<Word extends string>(flag: string, given: string, words: readonly Word[]): Word {
  const word = words.find((its) => its === given);
  if (word !== undefined) return word;
  throw new UsageError(`${flag} "${given}" is not known: choose ${words.join(', ')}.`);
}

/** Fewer leave no room for clients beside the peers. */
function settleConnections(count = 4_096): number {
  if (count >= 16) return count;
  throw new UsageError(`-max-connections ${count} is too few: choose at least 16.`);
}

function settleReplicaId(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return id;
  throw new UsageError(
    `-replica-id "${id}" cannot be used: take up to 100 letters, digits, dots, dashes and underscores, ` +
      'beginning with a letter or digit.',
  );
}

function settleDataDirectory(given: string | undefined, replicaId: string): string {
  if (given === '') throw new UsageError('-data-dir is empty: name a directory, or leave the flag away.');
  return path.resolve(given ?? path.join('safekeeper-data', replicaId));
}

function readUrl(flag: string, text: string): PeerUrl {
  const reading = readPeerUrl(text);
  if ('url' in reading) return reading.url;
  throw new UsageError(`${flag}: ${reading.sentence}`);
}

function settlePeers(texts: readonly string[], self: PeerUrl): readonly PeerUrl[] {
  const urls: PeerUrl[] = [];
  for (const text of texts) {
    const url = readUrl('-peers', text);
    if (isSameAddress(url, self)) {
      throw new UsageError(
        `-peers names ${url}, which is this replica itself (${self}): list only the others. ` +
          'If another machine is meant, set -advertise to the address under which the others reach this one.',
      );
    }
    if (urls.some((earlier) => isSameAddress(earlier, url))) {
      throw new UsageError(`-peers names ${url} twice: list each of the other replicas once.`);
    }
    urls.push(url);
  }
  return urls;
}

/**
 * Keys travel in a header, so they are visible ASCII. A flag that was given and names none, such as the variable of a
 * secret that was not mounted, must not open what it was to close. The sentence does not repeat them.
 */
function checkKeys(flag: string, keys: readonly string[] | undefined): readonly string[] {
  if (keys === undefined) return [];
  if (keys.length > 0 && keys.every((key) => /^[\x21-\x7e]+$/.test(key))) return keys;
  throw new UsageError(`${flag} is empty or has characters a header cannot carry: use visible ASCII without spaces.`);
}

function settleTiming(values: ServeValues): NodeConfig['timing'] {
  const heartbeatMs = Math.round(values['heartbeat-interval'] ?? DEFAULT_TIMING.heartbeatMs);
  const electionTimeoutMs = Math.round(values['election-timeout'] ?? DEFAULT_TIMING.electionTimeoutMs);
  if (heartbeatMs < 1) throw new UsageError('-heartbeat-interval must be at least 1ms.');
  if (electionTimeoutMs < 3 * heartbeatMs) {
    throw new UsageError(
      `-election-timeout ${electionTimeoutMs}ms is less than three times -heartbeat-interval ${heartbeatMs}ms, so one ` +
        `late heartbeat would depose a healthy leader: use at least ${3 * heartbeatMs}ms, or a shorter heartbeat.`,
    );
  }
  return { ...DEFAULT_TIMING, heartbeatMs, electionTimeoutMs };
}

function settleRecordBytes(bytes: number = DEFAULT_LIMITS.recordBytesMax): number {
  if (bytes >= 1 && bytes <= RECORD_BYTES_MAX) return bytes;
  throw new UsageError(`-max-record-bytes ${bytes} is out of range: choose from 1 to 256MiB.`);
}

function settleSegmentBytes(bytes: number = DEFAULT_SEGMENT_BYTES): number {
  if (bytes >= 0 && bytes <= SEGMENT_BYTES_MAX) return bytes;
  throw new UsageError(`-segment-bytes ${bytes} is out of range: choose from 0 (one record a file) to 2GiB.`);
}

function warningsFor(options: Omit<ServeOptions, 'warnings'>): readonly string[] {
  const warnings: string[] = [];
  const replicas = options.node.peerUrls.length + 1;
  if (replicas % 2 === 0) {
    warnings.push(
      `${replicas} replicas bear no more failures than ${replicas - 1} would, and need a larger quorum: use an odd number.`,
    );
  }
  if (options.clientKeys.length > 0 && !options.authReads) {
    warnings.push('Writing needs a key, reading does not: set -auth-reads to close get_wal and the others, too.');
  }
  const local = options.host !== undefined && isLoopback(options.host);
  if (options.peerKey === undefined && !local) {
    warnings.push('No key is set, so anyone who reaches the port can write: set -api-key, or -host 127.0.0.1.');
  }
  return warnings;
}
