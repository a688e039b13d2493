import type { StoredRecord } from '../../../engine/index.ts';
import { recordFields } from '../answers.ts';
import { writeExactJson } from '../exact_json.ts';
import { binaryFrameBytes, latestFrame, writeBinaryFrame } from './binary_frame.ts';

/** How a stream of records is written. */
export interface RecordEncoder {
  readonly contentType: string;
  /** The records one after the other, and where each of them begins. */
  encode(records: readonly StoredRecord[]): { readonly bytes: Buffer; readonly offsets: readonly number[] };
  /** That there is no record to bring, and how far the cluster is. */
  latest(latestLsn: bigint): Buffer;
}

/** A record a line, as JSON. */
export const LINES: RecordEncoder = {
  contentType: 'application/x-ndjson',
  encode(records) {
    let at = 0;
    const offsets: number[] = [];
    const lines = records.map((record) => {
      const line = `${writeExactJson(recordFields(record))}\n`;
      offsets.push(at);
      at += line.length;
      return line;
    });
    return { bytes: Buffer.from(lines.join(''), 'latin1'), offsets };
  },
  latest: (latestLsn) => Buffer.from(`{"latest_lsn":${latestLsn}}\n`, 'latin1'),
};

/** Binary frames: `binary_frame.ts`. */
export const FRAMES: RecordEncoder = {
  contentType: 'application/octet-stream',
  encode(records) {
    const bytes = Buffer.allocUnsafeSlow(records.reduce((sum, record) => sum + binaryFrameBytes(record), 0));
    let at = 0;
    const offsets = records.map((record) => {
      const begin = at;
      at = writeBinaryFrame(bytes, at, record);
      return begin;
    });
    return { bytes, offsets };
  },
  latest: latestFrame,
};
