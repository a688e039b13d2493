import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from './exact_json.ts';
import { LSN_MAX, toU64 } from './u64.ts';

describe('parseExactJson', () => {
  it('brings any unsigned 64-bit integer back digit for digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: LSN_MAX }), (lsn) => {
        const parsed = parseExactJson(`{"latest_lsn":${lsn},"nested":[${lsn}]}`) as { latest_lsn: unknown };
        expect(toU64(parsed.latest_lsn)).toBe(lsn);
      }),
    );
  });

  it('is JSON.parse for everything without long digit runs', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('leaves fractions and digits inside strings alone', () => {
    expect(parseExactJson('{"a":0.12345678901234567,"b":"18446744073709551615"}')).toEqual({
      a: 0.12345678901234567,
      b: '18446744073709551615',
    });
  });

  it('throws SyntaxError on broken JSON either way', () => {
    expect(() => parseExactJson('{"a":')).toThrow(SyntaxError);
    expect(() => parseExactJson('{"a":1234567890123456789')).toThrow(SyntaxError);
  });
});
