import { expect, it } from 'vitest';
import { gtidToString, parseGtidEvent, parseGtidList } from './gtid.ts';

it('reads a GTID event', () => {
  const event = Buffer.alloc(19 + 13);
  event.writeBigUInt64LE(2n ** 60n + 1n, 19);
  event.writeUInt32LE(7, 27);
  event.writeUInt8(0b1001, 31);
  const { gtid, standalone } = parseGtidEvent(event, 3);
  expect([gtidToString(gtid), standalone]).toEqual(['7-3-1152921504606846977', true]);
  event.writeUInt8(0b1000, 31);
  expect(parseGtidEvent(event, 3).standalone).toBe(false);
});

it('reads a GTID list and ignores the flags in its count', () => {
  const event = Buffer.alloc(19 + 4 + 2 * 16);
  event.writeUInt32LE(0x1000_0002, 19);
  event.writeUInt32LE(1, 23);
  event.writeUInt32LE(2, 27);
  event.writeBigUInt64LE(3n, 31);
  expect(parseGtidList(event).map(gtidToString)).toEqual(['1-2-3', '0-0-0']);
});
