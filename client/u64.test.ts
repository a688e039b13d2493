import { describe, expect, it } from 'vitest';
import { isU32, isU64, LSN_MAX, toU64 } from './u64.ts';

describe('toU64', () => {
  it('takes safe numbers, bigints and decimal strings', () => {
    expect(toU64(0)).toBe(0n);
    expect(toU64(Number.MAX_SAFE_INTEGER)).toBe(9007199254740991n);
    expect(toU64(LSN_MAX)).toBe(LSN_MAX);
    expect(toU64('18446744073709551615')).toBe(LSN_MAX);
  });

  it.each([2 ** 53, -1, 1.5, Number.NaN, -1n, LSN_MAX + 1n, '18446744073709551616', '0x10', '', ' 1', null, {}, true])(
    'refuses %s',
    (value) => expect(toU64(value)).toBeUndefined(),
  );
});

describe('ranges', () => {
  it('knows 64 bits', () => {
    expect([0n, LSN_MAX].every(isU64)).toBe(true);
    expect([-1n, LSN_MAX + 1n].some(isU64)).toBe(false);
  });

  it('knows 32 bits', () => {
    expect([0, 0xffff_ffff].every(isU32)).toBe(true);
    expect([-1, 2 ** 32, 0.5, Number.NaN].some(isU32)).toBe(false);
  });
});
