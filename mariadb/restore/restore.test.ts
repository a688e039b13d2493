import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WalRecord } from '../../client/index.ts';
import { type CutRecord, cutFile, FRAGMENT_BYTES, gtidToString, listBinaryLogs } from '../binlog/index.ts';
import { SyntheticLog } from '../binlog/testing/synthetic_log.ts';
import { temporaryDirectory, temporaryLog } from '../binlog/testing/temporary_logs.ts';
import { parseEventHeader } from '../binlog/event_header.ts';
import { fillerEvents } from './filler.ts';
import { restore } from './restore.ts';
import { parseUntil, type Until } from './until.ts';

const LOGS = path.resolve(import.meta.dirname, '../testdata');

async function realRecords(): Promise<WalRecord[]> {
  const records: WalRecord[] = [];
  for (const log of (await listBinaryLogs(LOGS)).logs) for await (const record of cutFile(log)) records.push(record);
  return records;
}

async function* each<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}

async function restored(records: readonly WalRecord[], until?: Until) {
  const directory = path.join(await temporaryDirectory(), 'new');
  const result = await restore(each(records), { directory, fileBase: 'mariadb-bin', until });
  return { directory, result };
}

describe('real logs', () => {
  it('come back byte for byte, with an index', async () => {
    const { directory, result } = await restored(await realRecords());
    const { logs } = await listBinaryLogs(LOGS);
    expect(result.files).toEqual(logs.map(({ name }) => name));
    for (const { name, path: original } of logs) {
      const expected = await readFile(original);
      // A closed file has no flag "in use"; the last of these may have been copied while it was open.
      expected.writeUInt16LE(expected.readUInt16LE(21) & ~1, 21);
      expect((await readFile(path.join(directory, name))).equals(expected)).toBe(true);
    }
    expect(await readFile(path.join(directory, 'mariadb-bin.index'), 'utf8')).toBe(
      logs.map(({ name }) => `./${name}\n`).join(''),
    );
    expect(result.dropped).toEqual([]);
    expect(result.transactions).toBeGreaterThan(100);
    expect(result.state.toString()).toBe(result.lastGtid);
    expect(result.before.map(gtidToString)).toHaveLength(1);
  });

  it('end where they are told to', async () => {
    const records = await realRecords();
    const whole = (await restored(records)).result;
    const middle = records[Math.floor(records.length / 2)];
    const byLsn = (await restored(records, { kind: 'lsn', lsn: middle?.lsn ?? 0n })).result;
    expect(byLsn.lastLsn).toBeLessThanOrEqual(middle?.lsn ?? 0n);
    expect(byLsn.lastLsn).toBeGreaterThan((middle?.lsn ?? 0n) - 4n * BigInt(FRAGMENT_BYTES));
    const byGtid = (await restored(records, { kind: 'gtid', gtid: byLsn.lastGtid })).result;
    expect(byGtid.lastGtid).toBe(byLsn.lastGtid);
    expect(byGtid.transactions).toBe(byLsn.transactions);
    const nowhere = (await restored(records, { kind: 'gtid', gtid: '0-1-999999' })).result;
    expect([nowhere.reachedEnd, nowhere.transactions]).toEqual([false, whole.transactions]);
    const never = (await restored(records, { kind: 'time', timestamp: 1 })).result;
    expect(never.transactions).toBe(0);
    expect((await restored(records, { kind: 'time', timestamp: 4_000_000_000 })).result.lastLsn).toBe(whole.lastLsn);
  });

  it('are not mixed with what is there already', async () => {
    const directory = await temporaryDirectory({ 'something.txt': 'mine' });
    await expect(restore(each([]), { directory, fileBase: 'x' })).rejects.toThrow('is not empty');
    expect(await readdir(directory)).toEqual(['something.txt']);
  });
});

it.each([50, 5_000, 200_000, 1_500_000])(
  'a broken group of %i bytes in the middle does nothing, and moves nothing',
  async (size) => {
    const log = new SyntheticLog().transaction(10).gtid().rows(size).transaction(20).transaction(30);
    const records: WalRecord[] = [];
    for await (const record of cutFile(await temporaryLog(log.bytes, 3))) records.push(record);
    const { directory, result } = await restored(records);
    expect(result.dropped).toHaveLength(1);
    expect(result.dropped[0]).toMatchObject({ gtid: '0-1-2', fileNumber: 3 });
    expect(result.transactions).toBe(3);
    const file = await readFile(path.join(directory, 'mariadb-bin.000003'));
    expect(file.byteLength).toBe(log.bytes.byteLength);
    const again: CutRecord[] = [];
    for await (const record of cutFile(await temporaryLog(file, 3))) again.push(record);
    expect(again.map(({ kind }) => kind)).not.toContain('brokenGroup');
    expect(again.filter(({ kind, endsUnit }) => kind === 'group' && endsUnit)).toHaveLength(3);
  },
);

it('fillers are exactly as long as what they stand for, whatever that is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 42, max: 300_000 }), fc.boolean(), (bytes, hasChecksums) => {
      const events = fillerEvents({ timestamp: 1, serverId: 1 }, 100, bytes, hasChecksums ? 4 : 0);
      expect(events.byteLength).toBe(bytes);
      let at = 0;
      while (at < bytes) {
        const { sizeBytes, endLogPos } = parseEventHeader(events, at);
        expect(sizeBytes).toBeGreaterThanOrEqual(38);
        at += sizeBytes;
        expect(endLogPos).toBe(100 + at);
      }
    }),
  );
});

it('where a restore may end', () => {
  expect(parseUntil('0-1-55')).toEqual({ kind: 'gtid', gtid: '0-1-55' });
  expect(parseUntil('25769804188')).toEqual({ kind: 'lsn', lsn: 25769804188n });
  expect(parseUntil('2026-11-23T20:00:00Z')).toEqual({ kind: 'time', timestamp: 1_795_464_000 });
  expect(parseUntil('2026-11-23 20:00:00')?.kind).toBe('time');
  expect(parseUntil('yesterday')).toBeUndefined();
});
