import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

test('whatever was encoded is decoded', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const decoded = decodeBase64(encodeBase64(bytes));
      expect(decoded).toEqual(new Uint8Array(bytes));
      expect(Buffer.isBuffer(decoded)).toBe(false);
    }),
  );
});

test.each([
  'A',
  'AA',
  'AAA',
  'AAAAA',
  'AA=A',
  'A===',
  '====',
  '=',
  'AA==AAAA',
  'QR==',
  'QUJ=',
  '-_-_',
  'AAA\n',
  'AAAA\n',
  ' AAAA',
  'AA A',
  'AAA\u00e9',
  'AAA\u2603',
  '!!!!',
  'AAAA====',
  'AA==\0\0\0\0',
])('rubbish: %j', (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});

test('nothing is a record without data', () => {
  expect(decodeBase64('')).toEqual(new Uint8Array(0));
});
