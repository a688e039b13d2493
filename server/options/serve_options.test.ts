import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFlags, UsageError } from '../cli/flags.ts';
import { SERVE_FLAGS } from './serve_flags.ts';
import { settleServeOptions } from './serve_options.ts';

const settle = (...args: string[]) => settleServeOptions(parseFlags(SERVE_FLAGS, args).values);

describe('defaults', () => {
  test('a replica alone', () => {
    const options = settle();
    expect(options).toMatchObject({ port: 8090, host: undefined, clientKeys: [], peerKey: undefined });
    expect(options.node).toMatchObject({
      replicaId: 'safekeeper-8090',
      advertiseUrl: 'http://localhost:8090',
      peerUrls: [],
      segmentBytes: 16 * 1024 * 1024,
    });
    expect(options.dataDirectory).toBe(path.resolve('safekeeper-data/safekeeper-8090'));
  });

  test('the published three-replica commands, run in one directory, keep apart', () => {
    const published = (port: number, id: string, peers: string) =>
      settle('-port', `${port}`, '-replica-id', id, '-peers', peers, '-api-key', 'your-secret-key');
    const first = published(8090, 'safekeeper-1', 'http://localhost:8091,http://localhost:8092');
    const second = published(8091, 'safekeeper-2', 'http://localhost:8090,http://localhost:8092');
    expect(first.dataDirectory).not.toBe(second.dataDirectory);
    expect(first.node.peerUrls).toEqual(['http://localhost:8091', 'http://localhost:8092']);
    expect(first.clientKeys).toEqual(['your-secret-key']);
  });

  test('the peer credential: -peer-key, else -api-key, else the first token', () => {
    expect(settle('-peer-key', 'p', '-api-key', 'a', '-auth-tokens', 't').peerKeys).toEqual(['p']);
    expect(settle('-peer-key', 'new,old', '-api-key', 'a')).toMatchObject({ peerKey: 'new', peerKeys: ['new', 'old'] });
    expect(settle()).toMatchObject({ peerKey: undefined, peerKeys: [] });
    expect(settle('-api-key', 'a', '-auth-tokens', 't,u').peerKey).toBe('a');
    expect(settle('-auth-tokens', 't,u').peerKey).toBe('t');
    expect(settle('-auth-tokens', 't,u').clientKeys).toEqual(['t', 'u']);
  });
});

describe('refused, each with what to do', () => {
  test.each([
    [['-port', '0'], '1 to 65535'],
    [['-port', '65536'], '1 to 65535'],
    [['-replica-id', 'a b'], 'letters, digits'],
    [['-replica-id', '../x'], 'letters, digits'],
    [['-peers', 'localhost:8091'], 'looks like http://localhost:8091'],
    [['-peers', 'nonsense'], 'is no URL'],
    [['-peers', 'http://h:1/path'], 'without a path'],
    [['-peers', 'https://h:1'], 'no -tls'],
    [['-peers', 'http://u:p@h:1'], '-peer-key'],
    [['-peers', 'http://localhost:8090'], 'this replica itself'],
    [['-peers', 'http://127.0.0.1:8090'], 'this replica itself'],
    [['-peers', 'http://h:1,http://H:1/'], 'twice'],
    [['-advertise', 'ftp://x'], '-advertise: '],
    [['-segment-bytes', '3GiB'], '-segment-bytes'],
    [['-segment-bytes=-1'], '-segment-bytes'],
    [['-max-record-bytes', '0'], '-max-record-bytes'],
    [['-election-timeout', '200ms'], 'at least 300ms'],
    [['-heartbeat-interval', '0'], 'at least 1ms'],
    [['-tls'], 'name its file with -tls-cert'],
    [['-tls', '-tls-cert', 'x'], 'name its file with -tls-key'],
    [['-tls', '-tls-cert', 'x', '-tls-key', 'y', '-tls-client-auth'], 'with -tls-ca'],
    [['-tls', '-tls-cert', 'x', '-tls-key', 'y', '-peers', 'http://h:1'], 'every replica speaks TLS'],
    [['-tls', '-tls-cert', 'x', '-tls-key', 'y', '-advertise', 'http://h:1'], 'every replica speaks TLS'],
    [['-log-level', 'loud'], 'choose debug, info'],
    [['-log-format', 'xml'], 'choose text, json'],
    [['-max-connections', '3'], 'at least 16'],
    [['-tls-cert', 'x'], 'without -tls'],
    [['-tls-client-auth'], 'without -tls'],
    [['-auth-reads'], 'needs a key'],
    [['-api-key', ''], 'visible ASCII'],
    [['-auth-tokens', ''], '-auth-tokens is empty'],
    [['-auth-tokens', ','], '-auth-tokens is empty'],
    [['-peer-key', ''], '-peer-key is empty'],
    [['-peer-key', ',', '-api-key', 'a'], '-peer-key is empty'],
    [['-api-key', 'caf\u00e9'], 'visible ASCII'],
    [['-data-dir', ''], 'name a directory'],
  ])('%j', (args, sentence) => {
    expect(() => settle(...args)).toThrow(UsageError);
    expect(() => settle(...args)).toThrow(sentence);
  });

  test('a refused key is not repeated', () => {
    expect(() => settle('-api-key', 'se cret')).toThrow(/^(?!.*se cret)/);
  });
});

describe('warnings', () => {
  test('an even number of replicas', () => {
    expect(settle('-peers', 'http://h:1').warnings.join()).toContain('use an odd number');
    expect(settle('-peers', 'http://h:1,http://h:2').warnings.join()).not.toContain('odd');
  });

  test('a key with open reads says so, with closed reads does not', () => {
    expect(settle('-api-key', 'k').warnings.join()).toContain('-auth-reads');
    expect(settle('-api-key', 'k', '-auth-reads').warnings).toEqual([]);
  });

  test('no key at all, unless only this machine can connect', () => {
    expect(settle().warnings.join()).toContain('anyone');
    expect(settle('-host', '127.0.0.1').warnings).toEqual([]);
  });
});
