import { expect, test } from 'vitest';
import { parseBytes, parseDurationMs } from './flag_values.ts';

test.each([
  ['0', 0],
  ['500ms', 500],
  ['1.5s', 1500],
  ['1m30s', 90_000],
  ['2h', 7_200_000],
  ['250us', 0.25],
  ['500', undefined],
  ['-1s', undefined],
  ['s', undefined],
  ['1s junk', undefined],
  ['', undefined],
])('the duration %j', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each([
  ['0', 0],
  ['65536', 65536],
  ['64KiB', 65536],
  ['16 MiB', 16 * 1024 * 1024],
  ['0.5KiB', 512],
  ['10MB', 10_000_000],
  ['0.3B', undefined],
  ['-1', undefined],
  ['12Q', undefined],
  ['9007199254740993', undefined],
])('the size %j', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
