import { expect, test } from 'vitest';
import { afterBytes } from './transfers.ts';

const parts = (...texts: string[]) => texts.map((text) => new TextEncoder().encode(text));
const joined = (chunks: readonly Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk)).join('|');

test.each([
  [0, 'ab|cde|f'],
  [1, 'b|cde|f'],
  [2, 'cde|f'],
  [4, 'e|f'],
  [5, 'f'],
  [6, ''],
])('after a short write of %i bytes the rest is %j', (count, rest) => {
  expect(joined(afterBytes(parts('ab', 'cde', 'f'), count))).toBe(rest);
});
