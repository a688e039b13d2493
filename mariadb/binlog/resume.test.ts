import { describe, expect, it } from 'vitest';
import type { BinaryLog } from './cut_file.ts';
import { EVENT_TYPE } from './event_types.ts';
import { FRAGMENT_BYTES } from './fragments.ts';
import type { CutRecord } from './group_cutter.ts';
import { toLsn } from './lsn.ts';
import { continueAfter, recordsOf, type StoredRecord } from './resume.ts';
import { SyntheticLog } from './testing/synthetic_log.ts';
import { temporaryLog } from './testing/temporary_logs.ts';

async function threeLogs(): Promise<BinaryLog[]> {
  const rotate = Buffer.alloc(8);
  return [
    await temporaryLog(new SyntheticLog().transaction(5).add(EVENT_TYPE.rotate, rotate).bytes, 4),
    await temporaryLog(new SyntheticLog().transaction(2 * FRAGMENT_BYTES).add(EVENT_TYPE.rotate, rotate).bytes, 5),
    await temporaryLog(new SyntheticLog().transaction(7).bytes, 6),
  ];
}

async function all(logs: readonly BinaryLog[], stored?: StoredRecord, skipped: CutRecord[] = []): Promise<CutRecord[]> {
  const records: CutRecord[] = [];
  const hooks = { onSkipped: (record: CutRecord) => void skipped.push(record) };
  for await (const record of recordsOf(continueAfter(logs, stored), hooks)) records.push(record);
  return records;
}

describe('resuming', () => {
  it('begins at the beginning when nothing is stored', async () => {
    const logs = await threeLogs();
    expect((await all(logs)).length).toBe(3 + 5 + 2);
  });

  it('goes on after any record, fragments too, and skips what is before it in its file only', async () => {
    const logs = await threeLogs();
    const records = await all(logs);
    for (const [index, stored] of records.entries()) {
      const skipped: CutRecord[] = [];
      const rest = await all(logs, stored, skipped);
      expect(rest.map(({ lsn }) => lsn)).toEqual(records.slice(index + 1).map(({ lsn }) => lsn));
      expect(skipped.at(-1)?.lsn).toBe(stored.lsn);
      expect(skipped.every(({ lsn }) => lsn >> 32n === stored.lsn >> 32n)).toBe(true);
    }
  });

  it('goes on with the next file when the server has removed the one before, closed with Rotate', async () => {
    const logs = await threeLogs();
    const records = await all(logs);
    const rotate = records[2];
    expect((await all(logs.slice(1), rotate)).length).toBe(7);
    await expect(all(logs.slice(1), records[1])).rejects.toMatchObject({ code: 'history' });
    await expect(all(logs.slice(2), rotate)).rejects.toMatchObject({ code: 'history' });
  });

  it.each<[string, bigint]>([
    ['The last stored record has LSN 1000, which no binary log gives', 1000n],
    ['is at file 3, position 99, but the first file here is mariadb-bin.000004', toLsn({ fileNumber: 3, offset: 99 })],
    ['is at file 9, position 99, but the last file here is mariadb-bin.000006', toLsn({ fileNumber: 9, offset: 99 })],
    ['position 99999, but mariadb-bin.000004 has', toLsn({ fileNumber: 4, offset: 99_999 })],
    ['that ends at 300, as the last stored one does; records there end at', toLsn({ fileNumber: 4, offset: 300 })],
    ['as the last stored one does; records there end at 0', toLsn({ fileNumber: 4, offset: 20 })],
  ])('refuses when %s', async (why, lsn) => {
    const resuming = all(await threeLogs(), { lsn, data: Buffer.from('x') });
    await expect(resuming).rejects.toMatchObject({ code: 'history', message: expect.stringContaining(why) });
  });

  it('refuses when the file has other bytes at that place', async () => {
    const logs = await threeLogs();
    const stored = (await all(logs))[1];
    const other = { lsn: stored?.lsn ?? 0n, data: Buffer.from('other') };
    await expect(all(logs, other)).rejects.toThrow('of mariadb-bin.000004 is stored with other bytes');
  });

  it('refuses when the file ends, torn, before that place', async () => {
    const whole = new SyntheticLog().transaction(5).bytes;
    const logs = [await temporaryLog(whole, 4)];
    const stored = (await all(logs)).at(-1);
    const torn = [await temporaryLog(Buffer.concat([whole.subarray(0, -1), Buffer.alloc(0)]), 4)];
    const grown = torn.map((log) => ({ ...log, sizeBytes: whole.byteLength }));
    await expect(all(grown, stored)).rejects.toThrow('the last one there ends at');
  });
});
