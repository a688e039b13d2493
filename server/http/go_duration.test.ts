import { expect, test } from 'vitest';
import { goDuration } from './go_duration.ts';

test.each([
  [0, '0s'],
  [-3, '0s'],
  [0.2, '0s'],
  [250, '250ms'],
  [1_000, '1s'],
  [1_500, '1.5s'],
  [59_999, '59.999s'],
  [60_000, '1m0s'],
  [90_000, '1m30s'],
  [7_200_000, '2h0m0s'],
  [3_723_004, '1h2m3.004s'],
])('%f ms are %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
