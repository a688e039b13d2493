import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cutFile } from './cut_file.ts';
import { listBinaryLogs } from './directory.ts';
import { FRAGMENT_BYTES } from './fragments.ts';
import { gtidToString } from './gtid.ts';
import type { CutRecord } from './group_cutter.ts';

const TESTDATA = fileURLToPath(new URL('../testdata', import.meta.url));

/** Facts from mariadb/testdata/README.md. */
const EXPECTED = [
  { name: 'mariadb-bin.000004', records: 726, groups: 721, fragments: 0, gtids: ['0-1-4454', '0-1-5174'] },
  { name: 'mariadb-bin.000005', records: 311, groups: 305, fragments: 1, gtids: ['0-1-5175', '0-1-5479'] },
  { name: 'mariadb-bin.000006', records: 5, groups: 0, fragments: 0, gtids: [] },
];

describe('real logs of MariaDB 10.11', () => {
  it.each(EXPECTED)('$name', async ({ name, records: recordCount, groups: groupCount, fragments, gtids }) => {
    const { logs } = await listBinaryLogs(TESTDATA);
    const log = logs.find((one) => one.name === name);
    if (log === undefined) throw new Error(`${name} is missing`);
    const records: CutRecord[] = [];
    for await (const record of cutFile(log, (notice) => expect.unreachable(notice.kind))) records.push(record);

    const joined = Buffer.concat([Buffer.from('fe62696e', 'hex'), ...records.map(({ data }) => data)]);
    expect(joined.equals(await readFile(log.path))).toBe(true);
    const groups = records.filter(({ kind, endsUnit }) => kind === 'group' && endsUnit);
    const names = groups.flatMap(({ gtid }) => (gtid === undefined ? [] : [gtidToString(gtid)]));
    expect(records.length).toBe(recordCount);
    expect([groups.length, new Set(names).size]).toEqual([groupCount, groupCount]);
    expect(names.length === 0 ? [] : [names[0], names.at(-1)]).toEqual(gtids);
    expect(records.filter(({ endsUnit }) => !endsUnit).map(({ data }) => data.byteLength)).toEqual(
      Array.from({ length: fragments }, () => FRAGMENT_BYTES),
    );
    expect(records.at(-1)?.lsn).toBe((BigInt(log.number) << 32n) + BigInt(log.sizeBytes));
  });
});
