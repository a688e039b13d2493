import path from 'node:path';
import { expect, test } from 'vitest';
import type { WalRecord } from '../../client/index.ts';
import { cutFile, listBinaryLogs } from '../binlog/index.ts';
import { fromLsn } from '../binlog/lsn.ts';
import { findFile } from '../feed/find_file.ts';
import { ReplicaPosition } from '../feed/replica_position.ts';
import { findStoredEnd, gtidStateAtEnd, type StoredRecords } from './stored_end.ts';

const LOGS = path.resolve(import.meta.dirname, '../testdata');

async function realRecords(): Promise<WalRecord[]> {
  const records: WalRecord[] = [];
  for (const log of (await listBinaryLogs(LOGS)).logs) for await (const record of cutFile(log)) records.push(record);
  return records;
}

function storedRecords(records: readonly WalRecord[]): StoredRecords {
  return {
    latestLsn: () => Promise.resolve(records.at(-1)?.lsn ?? 0n),
    get: (lsn) => {
      const record = records.find((one) => one.lsn === lsn);
      return record === undefined ? Promise.reject(new Error(`no ${lsn}`)) : Promise.resolve(record);
    },
    records: async function* (range) {
      const from = range?.from ?? 0n;
      for (const record of records) if (record.lsn >= from) yield record;
    },
  };
}

test('a file of which only the format description is stored says nothing of what was before it', async () => {
  const all = await realRecords();
  const lastFile = fromLsn(all.at(-1)?.lsn ?? 0n).fileNumber;
  const firstOfLast = all.findIndex(({ lsn }) => fromLsn(lsn).fileNumber === lastFile);
  const whole = storedRecords(all.slice(0, firstOfLast));
  const begun = storedRecords(all.slice(0, firstOfLast + 1));
  const stateOf = async (stored: StoredRecords): Promise<string> => {
    const end = await findStoredEnd(stored);
    return end === undefined ? 'nothing' : (await gtidStateAtEnd(stored, end)).toString();
  };
  const expected = await stateOf(whole);
  expect(expected).toMatch(/^0-\d+-\d+/);
  expect(await stateOf(begun)).toBe(expected);

  // A replica is served from the file before.
  const log = {
    latestLsn: () => begun.latestLsn(),
    records: (from: bigint) => begun.records({ from }),
    follow: (from: bigint) => begun.records({ from }),
  };
  const found = await findFile(log, new ReplicaPosition(expected));
  expect(found?.fileNumber).toBe(lastFile - 1);

  const headless = storedRecords(all.slice(firstOfLast, firstOfLast + 1));
  await expect(stateOf(headless)).rejects.toThrow('begins with the list');
});
