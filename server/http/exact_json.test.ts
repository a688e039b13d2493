import { expect, test } from 'vitest';
import { exactInteger, isJsonNumber, parseExactJson, writeExactJson } from './exact_json.ts';

const lsn = (text: string) => exactInteger((parseExactJson(text) as { lsn: unknown }).lsn);

test.each([
  ['{"lsn":1000}', 1000n],
  ['{"lsn":18446744073709551615}', 18446744073709551615n],
  ['{"lsn" : \n 9007199254740993, "wal_data": "AAAA"}', 9007199254740993n],
  ['{"lsn":"18446744073709551615"}', 18446744073709551615n],
  ['{"lsn":99999999999999999999999}', 99999999999999999999999n],
  ['{"lsn":-5}', -5n],
  ['{"lsn":-99999999999999999999}', -99999999999999999999n],
  ['{"lsn":1e3}', 1000n],
  ['{"lsn":5.0}', 5n],
  ['{"lsn":1.5}', undefined],
  ['{"lsn":1e400}', undefined],
  ['{"lsn":18446744073709551615.5}', undefined],
  ['{"lsn":9.007199254740993e15}', undefined],
  ['{"lsn":"-1"}', undefined],
  ['{"lsn":"0x10"}', undefined],
  ['{"lsn":" 1"}', undefined],
  ['{"lsn":true}', undefined],
  ['{"lsn":null}', undefined],
  ['{"other":12345678901234567890,"lsn":7}', 7n],
])('%s holds %s', (text, value) => {
  expect(lsn(text)).toBe(value);
});

test('what is broken throws, with either parser', () => {
  for (const text of ['', '{', '{"lsn":12345678901234567890', '{"lsn":1}x', `${'['.repeat(200_000)}`]) {
    expect(() => parseExactJson(text)).toThrow(/./);
  }
});

test('numbers of either parser are numbers', () => {
  expect(isJsonNumber(parseExactJson('1'))).toBe(true);
  expect(isJsonNumber((parseExactJson('{"lsn":12345678901234567890}') as { lsn: unknown }).lsn)).toBe(true);
  expect(isJsonNumber('1')).toBe(false);
});

test('writes unsigned 64-bit integers digit for digit', () => {
  expect(
    writeExactJson({ status: 'success', lsn: 2n ** 64n - 1n, none: undefined, text: '"', nested: { a: 1n } }),
  ).toBe('{"status":"success","lsn":18446744073709551615,"text":"\\"","nested":{"a":1}}');
});
