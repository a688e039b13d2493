import { expect, test } from 'vitest';
import type { Observation } from '../../engine/index.ts';
import { textLogger } from '../log/logger.ts';
import { observationLog } from './observation_log.ts';

function logged(...observations: Observation[]): string[] {
  const lines: string[] = [];
  const tell = observationLog(textLogger((line) => lines.push(line.slice(25).trimEnd())));
  for (const observation of observations) tell(observation);
  return lines;
}

test('a change of role, with its reason', () => {
  expect(logged({ what: 'roleChanged', role: 'leader', term: 3, leader: 'safekeeper-1', why: '2 of 3 votes' })).toEqual(
    ['INFO  leads term=3 leader=safekeeper-1 why="2 of 3 votes"'],
  );
});

test('what repeats is told once', () => {
  const refused: Observation = { what: 'refused', peer: 'http://b', sentence: 'Another cluster.' };
  const asks: Observation = { what: 'roleChanged', role: 'preCandidate', term: 1, leader: undefined, why: 'silence' };
  expect(logged(refused, asks, refused, asks, { ...refused, peer: 'http://c' })).toHaveLength(3);
});

test('what happens thousands of times a second is not told', () => {
  expect(logged({ what: 'committed', index: 1, lsn: 1n, recordCount: 1 })).toEqual([]);
});

test('damage is an error', () => {
  expect(logged({ what: 'damageFound', file: 'wal/wal_1', sentence: 'The checksum differs.' })).toEqual([
    'ERROR damage found file=wal/wal_1 what="The checksum differs."',
  ]);
});
