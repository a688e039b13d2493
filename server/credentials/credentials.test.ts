import { expect, test } from 'vitest';
import { Credentials } from './credentials.ts';

const keys = new Credentials(['first', 'second']);
const admits = (apiKey?: string, authorization?: string) => keys.admits({ apiKey, authorization });

test.each([
  ['first', undefined, true],
  ['second', undefined, true],
  [undefined, 'Bearer first', true],
  [undefined, 'bearer  second', true],
  ['wrong', 'Bearer second', true],
  ['wrong', undefined, false],
  ['', undefined, false],
  ['firs', undefined, false],
  ['first ', undefined, false],
  [undefined, 'first', false],
  [undefined, 'Basic first', false],
  [undefined, 'Bearer', false],
  [undefined, undefined, false],
])('X-API-Key %j, Authorization %j', (apiKey, authorization, admitted) => {
  expect(admits(apiKey, authorization)).toBe(admitted);
});

test('without keys nothing is asked for', () => {
  const none = new Credentials([]);
  expect(none.required).toBe(false);
  expect(none.admits({ apiKey: undefined, authorization: undefined })).toBe(true);
  expect(keys.required).toBe(true);
});
