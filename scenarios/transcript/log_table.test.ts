import { expect, it } from 'vitest';
import type { Inspection } from '../../engine/index.ts';
import { logTable } from './log_table.ts';

const inspection = (about: Partial<Inspection>): Inspection =>
  ({ phase: 'member', role: 'follower', term: 3, commitIndex: 1, holes: [], ...about }) as Inspection;

it('draws the logs as the Raft paper does: in brackets what is in memory only, with a question mark a hole', () => {
  const termSpans = [
    { firstIndex: 1, term: 0 },
    { firstIndex: 2, term: 3 },
  ];
  expect(
    logTable([
      inspection({ termSpans, lastIndex: 3, durableIndex: 2, role: 'leader' }),
      inspection({ termSpans, lastIndex: 2, durableIndex: 2, holes: [2] }),
      undefined,
    ]),
  ).toEqual([
    '        index    1    2    3',
    '    replica-1    0    3  (3)   leads term 3, committed 1',
    '    replica-2    0   3?        term 3, committed 1',
    '    replica-3 down',
  ]);
});
