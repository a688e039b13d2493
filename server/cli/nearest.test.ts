import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

test('how far words are apart', () => {
  expect(editDistance('', '')).toBe(0);
  expect(editDistance('port', 'prot')).toBe(2);
  expect(editDistance('peers', 'peer')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});

test('the nearest word, or none when nothing is near', () => {
  expect(nearest('datadir', ['port', 'data-dir', 'tls'])).toBe('data-dir');
  expect(nearest('peer', ['peers', 'peer-key'])).toBe('peers');
  expect(nearest('wombat', ['port', 'tls'])).toBeUndefined();
});
