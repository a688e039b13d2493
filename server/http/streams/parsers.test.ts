import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordProposal, StoredRecord } from '../../../engine/index.ts';
import { LSN_MAX } from '../../../engine/index.ts';
import { RecordFrameParser } from './frame_parser.ts';
import { LineParser } from './line_parser.ts';
import { FRAMES, LINES, type RecordEncoder } from './record_encoder.ts';
import type { RecordParser } from './record_parser.ts';

const someRecord: fc.Arbitrary<StoredRecord> = fc.record({
  lsn: fc.bigInt({ min: 1n, max: LSN_MAX }),
  data: fc.uint8Array({ maxLength: 40 }),
  spaceId: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
  pageNo: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
});
const shown = ({ lsn, data, spaceId, pageNo }: StoredRecord) => ({ lsn, data: [...data], spaceId, pageNo });

/** What the parser makes of the bytes, cut at these places: records, and in the end the sentence of a refusal. */
function parsed(parser: RecordParser, bytes: Buffer, cuts: readonly number[]) {
  const records: RecordProposal[] = [];
  let refusal: string | undefined;
  const take: Parameters<RecordParser['push']>[1] = (reading) => {
    if ('reply' in reading) refusal = reading.reply.body;
    else records.push(reading.value);
    return refusal === undefined;
  };
  const places = [...new Set(cuts.map((cut) => cut % (bytes.byteLength + 1)))].sort((one, other) => one - other);
  let at = 0;
  for (const place of [...places, bytes.byteLength]) {
    if (refusal === undefined) parser.push(bytes.subarray(at, place), take);
    at = place;
  }
  if (refusal === undefined) refusal = parser.end(take)?.body ?? refusal;
  return { records: records.map(shown), refusal };
}

const FORMS: readonly [string, RecordEncoder, () => RecordParser][] = [
  ['lines', LINES, () => new LineParser(1_000, 0)],
  ['frames', FRAMES, () => new RecordFrameParser(1_000, 7)],
];

describe.each(FORMS)('%s', (_name, encoder, createParser) => {
  test('what a stream out writes, a stream in reads, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(someRecord), fc.array(fc.nat(5_000)), (records, cuts) => {
        const { bytes, offsets } = encoder.encode(records);
        const found = parsed(createParser(), bytes, cuts);
        expect(found).toEqual({ records: records.map(shown), refusal: undefined });
        // Where a record begins, the rest is whole.
        const half = Math.floor(records.length / 2);
        const rest = bytes.subarray(offsets[half] ?? bytes.byteLength);
        expect(parsed(createParser(), rest, []).records).toEqual(records.slice(half).map(shown));
      }),
    );
  });

  test('the end of a stream in the middle of a record is told, and the records before it are taken', () => {
    fc.assert(
      fc.property(fc.array(someRecord, { minLength: 1, maxLength: 5 }), fc.nat(1_000), (records, cut) => {
        const { bytes, offsets } = encoder.encode(records);
        const last = offsets.at(-1) ?? 0;
        // A line without its end is whole if nothing else is missing.
        const torn = bytes.subarray(0, last + 1 + (cut % (bytes.byteLength - last - 2)));
        const found = parsed(createParser(), torn, [cut]);
        expect(found.records).toEqual(records.slice(0, -1).map(shown));
        expect(found.refusal).toContain('malformed');
      }),
    );
  });
});

test('a line that is too long is refused before it is whole', () => {
  const refused = parsed(new LineParser(100, 0), Buffer.alloc(101, 'x'), [50]);
  expect(refused.refusal).toContain('longer than 100 bytes');
  expect(parsed(new LineParser(100, 0), Buffer.from(`${' '.repeat(101)}\n`), []).refusal).toContain('too_large');
});

test('empty lines mean nothing', () => {
  const lines = Buffer.from('\n\r\n{"lsn":1,"wal_data":""}\r\n\n{"lsn":2,"wal_data":"YQ=="}');
  expect(parsed(new LineParser(100, 0), lines, []).records.map(({ lsn }) => lsn)).toEqual([1n, 2n]);
});

test('a frame is refused by what it announces, and for LSN 0', () => {
  const header = (lsn: bigint, length: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeBigUInt64LE(lsn);
    bytes.writeUInt32LE(length, 8);
    return bytes;
  };
  expect(parsed(new RecordFrameParser(1_000, 0), header(1n, 1_001), []).refusal).toContain('announces 1001 bytes');
  expect(parsed(new RecordFrameParser(1_000, 0), header(0n, 0), []).refusal).toContain('LSN 0');
});

test('records that name no generation have that of their stream', () => {
  const taken: RecordProposal[] = [];
  const lines = Buffer.from('{"lsn":1,"wal_data":""}\n{"lsn":2,"wal_data":"","generation":9}\n');
  new LineParser(100, 7).push(lines, (reading) => 'value' in reading && taken.push(reading.value) > 0);
  expect(taken.map(({ generation }) => generation)).toEqual([7, 9]);
});

test('frames have the generation of their stream', () => {
  const records: RecordProposal[] = [];
  const frame = FRAMES.encode([{ lsn: 1n, data: new Uint8Array(1), spaceId: undefined, pageNo: undefined }]).bytes;
  new RecordFrameParser(10, 7).push(frame, (reading) => 'value' in reading && records.push(reading.value) > 0);
  expect(records).toMatchObject([{ generation: 7, previousLsn: undefined }]);
});
