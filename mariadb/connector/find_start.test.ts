import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WalRecord } from '../../client/index.ts';
import { cutFile, FRAGMENT_BYTES, fromLsn, listBinaryLogs, toLsn } from '../binlog/index.ts';
import { temporaryLog } from '../binlog/testing/temporary_logs.ts';
import { SyntheticLog } from '../binlog/testing/synthetic_log.ts';
import { findStart, type StartOptions } from './find_start.ts';
import { ConnectorRefusal } from './refusal.ts';
import { FakePrimary } from './testing/fake_primary.ts';
import { fakeRecords } from './testing/fake_records.ts';

const LOGS = path.resolve(import.meta.dirname, '../testdata');
const options: StartOptions = { fileBase: 'mariadb-bin', baseBackupFile: undefined };

let records: WalRecord[];
let primary: FakePrimary;
beforeAll(async () => {
  records = [];
  for (const log of (await listBinaryLogs(LOGS)).logs) {
    for await (const { lsn, data } of cutFile(log)) records.push({ lsn, data });
  }
});

const start = async (stored: readonly WalRecord[], more: Partial<StartOptions> = {}) => {
  primary = FakePrimary.of(LOGS);
  return await findStart(fakeRecords(stored), primary, { ...options, ...more });
};

describe('what is stored is a part of the log of the server', () => {
  it('goes on after the last complete unit, wherever that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: records.length }), async (count) => {
        const stored = records.slice(0, count);
        const last = stored.filter(({ data }) => data.byteLength !== FRAGMENT_BYTES && data.byteLength !== 1).at(-1);
        const { fileNumber, offset } = fromLsn(last?.lsn ?? 0n);
        const found = await start(stored);
        expect(found).toMatchObject({
          file: `mariadb-bin.00000${fileNumber}`,
          position: offset,
          previousLsn: toLsn({ fileNumber, offset }),
          latestLsn: stored.at(-1)?.lsn,
          how: 'continued',
        });
        // Nothing is acknowledged by looking.
        expect(primary.opened.filter((one) => one.includes('semi-sync'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('one byte that differs in the last unit is another history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: records.length }), fc.nat(), async (count, at) => {
        const stored = records.slice(0, count);
        const last = stored.at(-1);
        if (last === undefined) return;
        const data = Buffer.from(last.data);
        data[at % data.byteLength] = (data[at % data.byteLength] ?? 0) ^ 1;
        const isFragment = data.byteLength === FRAGMENT_BYTES || data.byteLength === 1;
        const changed = [...stored.slice(0, -1), { ...last, data }];
        if (isFragment) return;
        await expect(start(changed)).rejects.toThrow(/other bytes on this server than are stored|is another file/);
      }),
      { numRuns: 60 },
    );
  });

  it('any byte that differs in the format description is another file', async () => {
    const [first] = records;
    if (first === undefined) throw new Error('no record');
    for (let at = 0; at < first.data.byteLength; at++) {
      const data = Buffer.from(first.data);
      data[at] = (data[at] ?? 0) ^ 1;
      await expect(start([{ ...first, data }, ...records.slice(1, 3)])).rejects.toThrow('is another file');
    }
  });

  it('a server that has less is refused', async () => {
    primary = FakePrimary.of(LOGS);
    const [name, file] = [...primary.files].at(-2) ?? ['', Buffer.alloc(0)];
    const number = Number(name.slice(-6));
    const ofFile = records.filter(({ lsn }) => fromLsn(lsn).fileNumber <= number);
    primary.files.delete([...primary.files.keys()].at(-1) ?? '');
    // The file ends before its last unit, or where that begins, or in the middle of it.
    const last = ofFile.at(-1);
    const unitAt = fromLsn(last?.lsn ?? 0n).offset - (last?.data.byteLength ?? 0);
    for (const size of [unitAt - 5, unitAt, unitAt + 10]) {
      primary.files.set(name, file.subarray(0, size));
      await expect(findStart(fakeRecords(ofFile), primary, options)).rejects.toThrow(
        /does not continue what is stored/,
      );
    }
  });

  it('another format description is another file', async () => {
    primary = FakePrimary.of(LOGS);
    const name = [...primary.files.keys()].at(-1) ?? '';
    primary.files.set(name, new SyntheticLog().gtidList([]).transaction(10).bytes);
    await expect(findStart(fakeRecords(records), primary, options)).rejects.toThrow('is another file: written by');
  });
});

describe('nothing is stored', () => {
  it('begins with the first file of a server whose log is whole', async () => {
    primary = new FakePrimary();
    primary.files.set('mariadb-bin.000001', new SyntheticLog().gtidList([]).transaction(10).bytes);
    expect(await findStart(fakeRecords([]), primary, options)).toMatchObject({
      file: 'mariadb-bin.000001',
      position: 4,
      previousLsn: 0n,
      how: 'first',
    });
  });

  it('refuses a log that begins late, but for a base backup', async () => {
    await expect(start([])).rejects.toThrow(/begins with mariadb-bin\.000004, after transactions up to 0-1-\d+/);
    expect(await start([], { baseBackupFile: 'mariadb-bin.000005' })).toMatchObject({
      file: 'mariadb-bin.000005',
      how: 'baseBackup',
    });
    await expect(start([], { baseBackupFile: 'mariadb-bin.000001' })).rejects.toThrow(
      'no longer has mariadb-bin.000001',
    );
    await expect(start([], { baseBackupFile: 'nonsense' })).rejects.toThrow('is not the name of a binary log');
  });
});

describe('the server begins after what is stored', () => {
  const stored = async (transactions: number) => {
    const log = new SyntheticLog().gtidList([]);
    for (let count = 0; count < transactions; count++) log.transaction(10);
    const cut: WalRecord[] = [];
    for await (const record of cutFile(await temporaryLog(log.bytes, 4))) cut.push(record);
    return fakeRecords(cut);
  };
  const successor = (sequence: bigint, number = 5) => {
    primary = new FakePrimary();
    const before = [{ domainId: 0, serverId: 1, sequence }];
    primary.files.set(`mariadb-bin.00000${number}`, new SyntheticLog().gtidList(before).transaction(10).bytes);
    return primary;
  };

  it('goes on with it when it has exactly those transactions', async () => {
    const its = await stored(3);
    const found = await findStart(its, successor(3n), options);
    expect(found).toMatchObject({
      file: 'mariadb-bin.000005',
      position: 4,
      previousLsn: await its.latestLsn(),
      how: 'handedOver',
    });
  });

  it('refuses it when it has fewer, or more, or begins with another file', async () => {
    for (const sequence of [2n, 4n]) {
      await expect(findStart(await stored(3), successor(sequence), options)).rejects.toThrow(ConnectorRefusal);
    }
    await expect(findStart(await stored(3), successor(3n, 6), options)).rejects.toThrow(
      'has neither mariadb-bin.000004 nor',
    );
  });
});

it('records of something else are no log', async () => {
  await expect(start([{ lsn: 5n, data: Buffer.from('x'.repeat(30)) }])).rejects.toThrow('hold something else');
});
