import { describe, expect, it } from 'vitest';
import { BINLOG_MAGIC } from './event_check.ts';
import { parseFormatDescription } from './format_description.ts';
import { SyntheticLog, type SyntheticOptions } from './testing/synthetic_log.ts';

function description(options: SyntheticOptions): Buffer {
  return new SyntheticLog(options).bytes.subarray(BINLOG_MAGIC.byteLength);
}

describe('parseFormatDescription', () => {
  it('tells version and checksums', () => {
    expect(parseFormatDescription(description({}), 'f')).toEqual({
      serverVersion: '10.11.19-MariaDB-log',
      checksumBytes: 4,
    });
    expect(parseFormatDescription(description({ checksums: false }), 'f').checksumBytes).toBe(0);
  });

  it.each<[string, SyntheticOptions]>([
    ['was written by "8.0.36", not by MariaDB', { serverVersion: '8.0.36' }],
    ['is a binary log of version 3, not 4', { binlogVersion: 3 }],
  ])('refuses a file that %s', (why, options) => {
    expect(() => parseFormatDescription(description(options), 'file')).toThrow(`file ${why}`);
  });

  it('refuses an unknown checksum algorithm and a description cut short', () => {
    const event = description({});
    event.writeUInt8(9, event.byteLength - 5);
    expect(() => parseFormatDescription(event, 'f')).toThrow('algorithm 9');
    expect(() => parseFormatDescription(event.subarray(0, 60), 'f')).toThrow('too short');
  });
});
