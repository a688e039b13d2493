import { expect, it } from 'vitest';
import { parseEventHeader } from './event_header.ts';

it('reads each field at its place', () => {
  const bytes = Buffer.from('ff' + '01020304' + 'a2' + '05060708' + '090a0b0c' + '0d0e0f10' + '1112' + 'ff', 'hex');
  expect(parseEventHeader(bytes, 1)).toEqual({
    timestamp: 0x04030201,
    type: 162,
    serverId: 0x08070605,
    sizeBytes: 0x0c0b0a09,
    endLogPos: 0x100f0e0d,
    flags: 0x1211,
  });
});
