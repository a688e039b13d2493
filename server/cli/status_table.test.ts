import { describe, expect, test } from 'vitest';
import type { Report } from './replica_report.ts';
import { isWell, statusTable, verdictOf } from './status_table.ts';

function report(change: Partial<Report>): Report {
  return {
    url: 'http://localhost:8090',
    replicaId: 'safekeeper-1',
    state: 'follower',
    term: 3n,
    latestLsn: 6_500n,
    recordCount: 12n,
    lag: '0s',
    trouble: undefined,
    members: new Map(),
    ...change,
  };
}

const silent = {
  state: undefined,
  term: undefined,
  latestLsn: undefined,
  recordCount: undefined,
  lag: undefined,
  trouble: 'nothing listens there',
} as const;

test('a line for each replica, figures below each other, and one for what troubles it', () => {
  const largest = 2n ** 64n - 1n;
  expect(
    statusTable([
      report({ state: 'leader', latestLsn: largest }),
      report({ replicaId: 'safekeeper-2', url: 'http://localhost:8091', lag: '1.5s' }),
      report({ replicaId: undefined, url: 'http://localhost:8092', ...silent }),
    ]),
  ).toEqual([
    'REPLICA       URL                    STATE        TERM            LATEST LSN  RECORDS   LAG',
    'safekeeper-1  http://localhost:8090  leader          3  18446744073709551615       12    0s',
    'safekeeper-2  http://localhost:8091  follower        3                  6500       12  1.5s',
    '?             http://localhost:8092  not reached',
    '  nothing listens there',
  ]);
});

describe('the verdict', () => {
  test('names the leader of the latest term: an earlier one may not know that it was replaced', () => {
    const reports = [report({ state: 'leader' }), report({ replicaId: 'safekeeper-2', state: 'leader', term: 4n })];
    expect(verdictOf(reports)).toBe('safekeeper-2 leads term 4; 2 of 2 replicas answer.');
    expect(isWell(reports)).toBe(true);
  });

  test('is bad without a leader, or when one does not answer', () => {
    expect(verdictOf([report({}), report(silent)])).toBe('1 of 2 replicas answer, and none of them leads.');
    expect(isWell([report({})])).toBe(false);
    expect(isWell([report({ state: 'leader' }), report(silent)])).toBe(false);
  });
});
