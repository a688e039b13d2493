import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedError } from './errors.ts';
import { parseExactJson } from './exact_json.ts';
import { encodeRecord, type RecordToWrite } from './record.ts';
import { LSN_MAX, toU64 } from './u64.ts';

const u32 = fc.option(fc.integer({ min: 0, max: 0xffff_ffff }), { nil: undefined });

describe('encodeRecord', () => {
  it('carries every field exactly', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: LSN_MAX }),
        fc.uint8Array({ maxLength: 100 }),
        u32,
        u32,
        (lsn, data, spaceId, pageNo) => {
          const text = Buffer.from(encodeRecord({ lsn, data, spaceId, pageNo, previousLsn: lsn - 1n })).toString();
          const body = parseExactJson(text) as Record<string, unknown>;
          expect(toU64(body.lsn)).toBe(lsn);
          expect(toU64(body.prev_lsn)).toBe(lsn - 1n);
          expect(Buffer.from(String(body.wal_data), 'base64')).toEqual(Buffer.from(data));
          expect(body.space_id).toBe(spaceId);
          expect(body.page_no).toBe(pageNo);
          expect('generation' in body).toBe(false);
        },
      ),
    );
  });

  it('carries data longer than a piece of base64', () => {
    for (const bytes of [49_151, 49_152, 49_153, 200_000]) {
      const data = Buffer.alloc(bytes, 'abcdefg');
      const body = JSON.parse(Buffer.from(encodeRecord({ lsn: 5n, data, pageNo: 1 })).toString()) as {
        wal_data: string;
      };
      expect(body.wal_data).toBe(data.toString('base64'));
    }
  });

  const data = new Uint8Array();
  it.each<[string, RecordToWrite]>([
    ['LSN 0', { lsn: 0n, data }],
    ['a negative LSN', { lsn: -1n, data }],
    ['an LSN of 65 bits', { lsn: LSN_MAX + 1n, data }],
    ['a predecessor that is not lower', { lsn: 5n, data, previousLsn: 5n }],
    ['a fractional space id', { lsn: 5n, data, spaceId: 1.5 }],
    ['a page number of 33 bits', { lsn: 5n, data, pageNo: 2 ** 32 }],
    ['a negative generation', { lsn: 5n, data, generation: -1 }],
  ])('refuses %s', (_name, record) => {
    expect(() => encodeRecord(record)).toThrow(MalformedError);
  });
});
