import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CutNotice, cutFile } from './cut_file.ts';
import { EVENT_TYPE } from './event_types.ts';
import { endsUnit, FRAGMENT_BYTES } from './fragments.ts';
import { gtidToString } from './gtid.ts';
import type { CutRecord } from './group_cutter.ts';
import { fromLsn } from './lsn.ts';
import { SyntheticLog } from './testing/synthetic_log.ts';
import { temporaryLog } from './testing/temporary_logs.ts';

async function cut(log: SyntheticLog, notices: CutNotice[] = []): Promise<CutRecord[]> {
  const records: CutRecord[] = [];
  for await (const record of cutFile(await temporaryLog(log.bytes, 7), (notice) => void notices.push(notice))) {
    records.push(record);
  }
  return records;
}

/** `group 0-1-1` for each record, `…` before fragments that do not end theirs. */
function outline(records: readonly CutRecord[]): string[] {
  return records.map(({ kind, gtid, endsUnit: ends }) =>
    [ends ? '' : '…', kind, gtid === undefined ? '' : ` ${gtidToString(gtid)}`].join(''),
  );
}

describe('a group is one record', () => {
  it.each<[string, (log: SyntheticLog) => SyntheticLog]>([
    ['XID', (log) => log.gtid().rows(50).add(EVENT_TYPE.xid, Buffer.alloc(8))],
    ['COMMIT', (log) => log.gtid().rows(50).query('COMMIT')],
    ['ROLLBACK', (log) => log.gtid().rows(50).query('ROLLBACK')],
    ['XA PREPARE', (log) => log.gtid().rows(50).query("XA END X'61'").add(EVENT_TYPE.xaPrepare, Buffer.alloc(15))],
    ['savepoints inside', (log) => log.gtid().query('SAVEPOINT a').rows(9).query('ROLLBACK TO a').query('COMMIT')],
    ['one statement', (log) => log.gtid(true).query('create table t (id int)')],
    [
      'one statement with its variables',
      (log) =>
        log.gtid(true).add(EVENT_TYPE.intvar, Buffer.alloc(9)).add(EVENT_TYPE.rand, Buffer.alloc(16)).query('insert'),
    ],
  ])('that ends with %s', async (_name, group) => {
    for (const checksums of [true, false]) {
      const records = await cut(group(group(new SyntheticLog({ checksums }))));
      expect(outline(records)).toEqual(['event', 'group 0-1-1', 'group 0-1-2']);
    }
  });

  it('and what belongs to no group stands alone', async () => {
    const log = new SyntheticLog().add(EVENT_TYPE.gtidList, Buffer.alloc(4)).add(EVENT_TYPE.binlogCheckpoint);
    const records = await cut(log.transaction(5).add(EVENT_TYPE.rotate, Buffer.alloc(8)).add(EVENT_TYPE.stop));
    expect(outline(records)).toEqual(['event', 'event', 'event', 'group 0-1-1', 'event', 'event']);
  });
});

describe('LSNs', () => {
  it('are the file number and the position after the last byte', async () => {
    const log = new SyntheticLog().transaction(3 * FRAGMENT_BYTES).transaction(7);
    const records = await cut(log);
    let offset = 4;
    for (const { lsn, data } of records) {
      offset += data.byteLength;
      expect(fromLsn(lsn)).toEqual({ fileNumber: 7, offset });
    }
    expect(offset).toBe(log.bytes.byteLength);
  });
});

describe('large groups', () => {
  it('come in fragments, the last of which tells that it is', async () => {
    const records = await cut(new SyntheticLog().transaction(2 * FRAGMENT_BYTES).transaction(1));
    expect(outline(records)).toEqual(['event', '…group 0-1-1', '…group 0-1-1', 'group 0-1-1', 'group 0-1-2']);
  });

  it('are cut the same while they are still being written', async () => {
    const whole = new SyntheticLog().transaction(4 * FRAGMENT_BYTES);
    const all = await cut(whole);
    for (const size of [FRAGMENT_BYTES / 2, 2.5 * FRAGMENT_BYTES, 4 * FRAGMENT_BYTES]) {
      const notices: CutNotice[] = [];
      const shorter = new SyntheticLog().gtid().rows(size - 200);
      const records = await cut(shorter, notices);
      expect(records.length).toBe(1 + Math.floor(size / FRAGMENT_BYTES - 0.0001));
      expect(records.map(({ lsn, endsUnit: ends }) => [lsn, ends])).toEqual(
        all.slice(0, records.length).map(({ lsn, endsUnit: ends }) => [lsn, ends]),
      );
      expect(notices.map(({ kind }) => kind)).toEqual(['openGroup']);
    }
  });
});

describe('logs that do not end well', () => {
  it('hold an open group back and say so', async () => {
    const notices: CutNotice[] = [];
    const records = await cut(new SyntheticLog().transaction(5).gtid().rows(20), notices);
    expect(outline(records)).toEqual(['event', 'group 0-1-1']);
    expect(notices).toMatchObject([{ kind: 'openGroup', gtid: '0-1-2', bytes: 42 + 43 + 43 }]);
  });

  it('close a group that another follows as broken', async () => {
    const log = new SyntheticLog().gtid().rows(5).transaction(6).gtid(true).add(EVENT_TYPE.rotate, Buffer.alloc(8));
    expect(outline(await cut(log))).toEqual([
      'event',
      'brokenGroup 0-1-1',
      'group 0-1-2',
      'brokenGroup 0-1-3',
      'event',
    ]);
  });
});

describe('whatever a log holds', () => {
  const addEvent = fc.oneof(
    fc.constant((log: SyntheticLog) => log.gtid()),
    fc.constant((log: SyntheticLog) => log.gtid(true)),
    fc.constant((log: SyntheticLog) => log.query('COMMIT')),
    fc.constant((log: SyntheticLog) => log.query('alter table t')),
    fc.integer({ min: 0, max: 3 * FRAGMENT_BYTES }).map((bytes) => (log: SyntheticLog) => log.rows(bytes)),
    fc.integer({ min: 0, max: 300 }).map((bytes) => (log: SyntheticLog) => log.transaction(bytes)),
    fc.constantFrom(3, 4, 161, 163).map((type) => (log: SyntheticLog) => log.add(type, Buffer.alloc(4))),
  );

  it('the records are its bytes, in order, and tell where units end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(addEvent, { maxLength: 12 }), async (checksums, steps) => {
        const log = steps.reduce((built, step) => step(built), new SyntheticLog({ checksums }));
        const complete = log.add(EVENT_TYPE.stop).bytes;
        const records = await cut(log);
        const joined = Buffer.concat([complete.subarray(0, 4), ...records.map(({ data }) => data)]);
        expect(joined.equals(complete)).toBe(true);
        for (const record of records) expect(record.endsUnit).toBe(endsUnit(record.data.byteLength));
        const lsns = records.map(({ lsn }) => lsn);
        expect(lsns).toEqual([...new Set(lsns)].sort((a, b) => (a < b ? -1 : 1)));
      }),
      { numRuns: 60 },
    );
  });
});
