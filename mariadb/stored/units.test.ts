import { expect, test } from 'vitest';
import path from 'node:path';
import { cutFile, FRAGMENT_BYTES, listBinaryLogs } from '../binlog/index.ts';
import { type DroppedGroup, isFileHeader, endsFile, type StoredUnit, UnitReader } from './units.ts';
import fs from 'node:fs';

const LOGS = path.resolve(import.meta.dirname, '../testdata');

async function stored() {
  const { logs } = await listBinaryLogs(LOGS);
  const records = [];
  for (const log of logs) for await (const { lsn, data } of cutFile(log)) records.push({ lsn, data });
  return { logs, records };
}

function unitsOfAll(records: readonly { lsn: bigint; data: Uint8Array }[]) {
  const dropped: DroppedGroup[] = [];
  const reader = new UnitReader((group) => dropped.push(group));
  const units = records.flatMap((record) => reader.push(record) ?? []);
  reader.dropPending();
  return { units, dropped };
}

const bytesOf = (units: readonly StoredUnit[]) =>
  Buffer.concat(units.flatMap(({ events }) => events.map(({ bytes }) => bytes)));

test('the units of real logs are the files, byte for byte', async () => {
  const { logs, records } = await stored();
  const { units, dropped } = unitsOfAll(records);
  expect(dropped).toEqual([]);
  for (const log of logs) {
    const ofFile = units.filter(({ fileNumber }) => fileNumber === log.number);
    const file = fs.readFileSync(log.path);
    file.writeUInt16LE(file.readUInt16LE(4 + 17) & ~1, 4 + 17);
    expect(bytesOf(ofFile).equals(file.subarray(4))).toBe(true);
    expect(isFileHeader(ofFile[0] as StoredUnit)).toBe(true);
    expect(ofFile.slice(0, -1).some(endsFile)).toBe(false);
  }
  expect(units.some(({ events }) => events.length > 3)).toBe(true);
  expect(units.filter(({ kind }) => kind === 'broken')).toEqual([]);
});

test('a group without its end is left out, and told', async () => {
  const { records } = await stored();
  const large = records.findIndex(({ data }) => data.byteLength === FRAGMENT_BYTES);
  expect(large).toBeGreaterThan(0);
  const next = records.findIndex(({ lsn }, index) => index > large && lsn >> 32n > (records[large]?.lsn ?? 0n) >> 32n);
  const kept = [...records.slice(0, large + 1), ...(next === -1 ? [] : records.slice(next))];
  const { units, dropped } = unitsOfAll(kept);
  expect(dropped).toHaveLength(1);
  expect(dropped[0]?.bytes).toBe(FRAGMENT_BYTES);
  expect(dropped[0]?.gtid).toMatch(/^0-1-\d+$/);
  expect(units.every(({ lsn }) => lsn !== records[large]?.lsn)).toBe(true);
});

test('records of something else are refused', async () => {
  const { records } = await stored();
  expect(() => unitsOfAll([{ lsn: 1000n, data: Buffer.from('hello') }])).toThrow(
    'does not continue a MariaDB binary log',
  );
  expect(() => unitsOfAll(records.slice(1))).toThrow('its beginning is missing');
  expect(() => unitsOfAll(records.filter((_, index) => index !== 5))).toThrow('does not continue');
  const changed = records.map((record) => ({ ...record, data: Buffer.from(record.data) }));
  const last = changed[7]?.data;
  if (last !== undefined) last[30] = (last[30] ?? 0) ^ 1;
  expect(() => unitsOfAll(changed)).toThrow('checksum');
});
