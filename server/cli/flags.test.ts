import { describe, expect, test } from 'vitest';
import { parseFlags, UsageError, type Flags } from './flags.ts';
import { describeFlags } from './help.ts';

const flags = {
  port: { kind: 'integer', help: 'Port.', environment: 'T_PORT', group: 'Network' },
  'api-key': { kind: 'text', help: 'Key.', environment: 'T_API_KEY' },
  peers: { kind: 'list', help: 'Peers.', placeholder: 'URL,URL' },
  tls: { kind: 'switch', help: 'TLS.', environment: 'T_TLS' },
  'election-timeout': { kind: 'durationMs', help: 'Timeout.', absent: '500ms' },
  'segment-bytes': { kind: 'bytes', help: 'Bytes.' },
} as const satisfies Flags;

const values = (args: string[], environment: Record<string, string> = {}) =>
  parseFlags(flags, args, environment).values;

describe('how a flag may be written', () => {
  test.each([[['-port', '9']], [['--port', '9']], [['-port=9']], [['--port=9']]])('%j', (args) => {
    expect(values(args).port).toBe(9);
  });

  test('a switch needs no value and takes one after =', () => {
    expect(values(['-tls']).tls).toBe(true);
    expect(values(['-tls=false']).tls).toBe(false);
    expect(values([]).tls).toBeUndefined();
  });

  test('a value may begin with a dash or hold an equals sign', () => {
    expect(values(['-api-key', '-abc'])['api-key']).toBe('-abc');
    expect(values(['-api-key=a=b'])['api-key']).toBe('a=b');
    expect(values(['-port', '-5']).port).toBe(-5);
  });

  test('lists, durations and bytes', () => {
    expect(values(['-peers', 'http://a:1, http://b:2,']).peers).toEqual(['http://a:1', 'http://b:2']);
    expect(values(['-election-timeout', '1.5s'])['election-timeout']).toBe(1500);
    expect(values(['-segment-bytes', '16MiB'])['segment-bytes']).toBe(16 * 1024 * 1024);
  });

  test('what is no flag is positional, and so is all after --', () => {
    expect(parseFlags(flags, ['DIR', '-port', '9', '--', '-tls']).positional).toEqual(['DIR', '-tls']);
  });
});

describe('the environment', () => {
  test('fills in what was not typed', () => {
    expect(values([], { T_PORT: '7', T_TLS: 'true', T_API_KEY: 'k' })).toMatchObject({
      port: 7,
      tls: true,
      'api-key': 'k',
    });
    expect(values(['-port', '9'], { T_PORT: '7' }).port).toBe(9);
    expect(values([], { T_PORT: '' }).port).toBeUndefined();
  });

  test('is named when its value is malformed', () => {
    expect(() => values([], { T_PORT: 'x' })).toThrow('T_PORT takes a whole number');
  });
});

describe('refusals', () => {
  test.each([
    [['-prot', '9'], 'There is no flag -prot. Did you mean -port?'],
    [['-zzzzzzzz'], 'See -help'],
    [['-port'], '-port needs a value: -port N.'],
    [['-port', '9', '-port', '8'], 'given twice'],
    [['-port', '1.5'], 'whole number'],
    [['-tls=maybe'], 'on or off'],
    [['-segment-bytes', '4parsecs'], 'number of bytes'],
    [['-election-timeout', '500'], 'duration such as'],
    [['-constructor', '1'], 'There is no flag -constructor'],
  ])('%j', (args, sentence) => {
    expect(() => values(args)).toThrow(UsageError);
    expect(() => values(args)).toThrow(sentence);
  });
});

test('help is asked for in three ways, and wins over everything else', () => {
  for (const word of ['-h', '-help', '--help']) {
    expect(parseFlags(flags, ['-nonsense', word]).helpWanted).toBe(true);
  }
  expect(parseFlags(flags, ['--', '-h']).helpWanted).toBe(false);
});

test('help lists flags by group with default and variable', () => {
  const text = describeFlags(flags);
  expect(text).toMatch(/^Network\n {2}-port N +Port\. \(T_PORT\)/);
  expect(text).toContain('-election-timeout DURATION');
  expect(text).toContain('(default: 500ms)');
  expect(text).toContain('-peers URL,URL');
});
