import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRecords } from './record_body.ts';
import { cutWalData } from './wal_data.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const cut = (text: string) => {
  const found = cutWalData(bytes(text));
  return found && { rest: Buffer.from(found.rest).toString(), base64: found.base64 };
};

test('takes the data out', () => {
  expect(cut('{"lsn":1,"wal_data" :\n "AAAA","page_no":2}')).toEqual({
    rest: '{"lsn":1,"wal_data" :\n "","page_no":2}',
    base64: 'AAAA',
  });
});

test.each([
  ['no such key', '{"lsn":1}'],
  ['the key as a value', '{"lsn":"wal_data"}'],
  ['the key within a string', String.raw`{"note":"\"wal_data\":\"AAAA\""}`],
  ['the key twice', '{"wal_data":"AAAA","wal_data":"BBBB"}'],
  ['no text', '{"wal_data":5}'],
  ['escapes', String.raw`{"wal_data":"AA\/A"}`],
  ['no end', '{"wal_data":"AAAA'],
])('leaves alone: %s', (_what, text) => {
  expect(cut(text)).toBeUndefined();
});

describe('a record is the same either way', () => {
  const read = (text: string) => {
    const reading = readRecords(bytes(text));
    if ('reply' in reading) return reading.reply.status;
    return reading.value.kind === 'one' ? reading.value.record : reading.value.records;
  };

  test.each([
    String.raw`{"lsn":1,"wal_data":"AA\/A"}`,
    '{"lsn":1,"wal_data":"BBBB","wal_data":"AA/A"}',
    String.raw`{"note":"\"wal_data\"","lsn":1,"wal_data":"AA/A"}`,
    '{"wal_data":"AA/A","lsn":1}',
    String.raw`{"lsn":1,"wal\u005fdata":"AA/A"}`,
    String.raw`{"lsn":1,"x":{"wal_data":"BBBB"},"wal\u005fdata":"AA/A"}`,
  ])('%s', (text) => {
    expect(read(text)).toMatchObject({ lsn: 1n, data: new Uint8Array([0, 15, 192]) });
  });

  test.each(['{"lsn":1,"x":{"wal_data":"AAAA"}}', '{"lsn":1,"wal_data":"AAAA"', '{"lsn":1,"wal_data":"AA"AA"}'])(
    'refused: %s',
    (text) => {
      expect(read(text)).toBe(400);
    },
  );

  test('whatever the fields and their order', () => {
    const field = fc.oneof(fc.string(), fc.integer(), fc.constant('"wal_data":"AAAA"'), fc.constant(null));
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), field),
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        (rest, data, last) => {
          const own = { lsn: 7, wal_data: Buffer.from(data).toString('base64') };
          const reading = read(
            JSON.stringify(last ? { ...rest, ...FREE, ...own } : { ...own, ...rest, ...FREE, ...own }),
          );
          expect(reading).toMatchObject({ lsn: 7n, data: new Uint8Array(data) });
        },
      ),
    );
  });
});

/** Keeps random fields from meaning something. */
const FREE = { space_id: null, page_no: null, prev_lsn: null, generation: null };
