import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatCounted, formatDuration } from './amounts.ts';

it('groups digits', () => {
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([formatCounted(1, 'record'), formatCounted(5508, 'record')]).toEqual(['1 record', '5,508 records']);
});

it('finds the unit', () => {
  expect([0, 1, 412, 999, 1000, 12_604_000, 999_949, 999_951, 3e9, 4e15].map(formatBytes)).toEqual([
    '0 bytes',
    '1 byte',
    '412 bytes',
    '999 bytes',
    '1.0 kB',
    '12.6 MB',
    '999.9 kB',
    '1.0 MB',
    '3.0 GB',
    '4000.0 TB',
  ]);
});

it('tells time', () => {
  expect([0, 420, 59_940, 59_960, 125_000, 3_600_000, 11_220_000].map(formatDuration)).toEqual([
    '0.0 s',
    '0.4 s',
    '59.9 s',
    '1 m 00 s',
    '2 m 05 s',
    '1 h 00 m',
    '3 h 07 m',
  ]);
});
