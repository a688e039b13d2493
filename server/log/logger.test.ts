import { expect, test } from 'vitest';
import { jsonLogger } from './json_logger.ts';
import { atLeast, LOG_LEVELS, textLogger } from './logger.ts';

function lines() {
  const written: string[] = [];
  return {
    written,
    log: textLogger(
      (line) => written.push(line),
      () => new Date(0),
    ),
  };
}

test('a line has time, level, message and fields', () => {
  const { written, log } = lines();
  log.info('became leader', { term: 3, url: 'http://localhost:8090', why: 'quorum of votes', lsn: 2n ** 64n - 1n });
  log.warn('late', { missing: undefined });
  expect(written).toEqual([
    '1970-01-01T00:00:00.000Z INFO  became leader term=3 url=http://localhost:8090 why="quorum of votes" lsn=18446744073709551615\n',
    '1970-01-01T00:00:00.000Z WARN  late\n',
  ]);
});

test('nothing that was sent to us can begin a line of its own or steer a terminal', () => {
  const { written, log } = lines();
  log.error('bad\nline\u001b[31m', { peer: 'x\ny' });
  expect(written[0]).toBe('1970-01-01T00:00:00.000Z ERROR bad line [31m peer="x\\ny"\n');
});

test('only what is grave enough passes', () => {
  const { written, log } = lines();
  const warnings = atLeast('warn', log);
  for (const level of LOG_LEVELS) warnings[level](level);
  expect(written.map((line) => line.split(' ').at(-1))).toEqual(['warn\n', 'error\n']);
});

test('as JSON, a line for each event, with its level by name and LSNs digit for digit', () => {
  const written: string[] = [];
  const log = jsonLogger('a', { write: (line) => void written.push(line) });
  log.warn('late\nline', { lsn: 2n ** 64n - 1n, term: 3, missing: undefined });
  expect(written).toHaveLength(1);
  const { time, ...rest } = JSON.parse(written[0] ?? '') as Record<string, unknown>;
  expect(rest).toEqual({ level: 'warn', replica: 'a', lsn: '18446744073709551615', term: 3, msg: 'late\nline' });
  expect(new Date(String(time)).toISOString()).toBe(time);
});
